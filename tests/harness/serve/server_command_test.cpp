#include "harness/serve/server_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::serve {
namespace {

using testing::HasSubstr;

scenario::Scenario two_servers() {
  scenario::Scenario scenario;
  scenario.servers.resize(2);
  scenario.servers[0].name = "primary";
  scenario.servers[0].phases = {"silent"};
  scenario.servers[1].name = "secondary";
  return scenario;
}

TEST(ServerCommand, is_a_phase_or_a_verb_of_a_server) {
  const scenario::Scenario scenario = two_servers();
  const auto phase = parse_server_command("primary silent", scenario);
  ASSERT_TRUE(phase);
  EXPECT_EQ(phase->server, "primary");
  EXPECT_EQ(phase->verb, scenario::ServerVerb::phase);
  EXPECT_EQ(phase->phase, "silent");
  EXPECT_EQ(parse_server_command("primary default", scenario)->phase, "");
  EXPECT_EQ(parse_server_command("secondary call", scenario)->verb, scenario::ServerVerb::call);
  const auto notify = parse_server_command("secondary notify check-sync", scenario);
  ASSERT_TRUE(notify);
  EXPECT_EQ(notify->verb, scenario::ServerVerb::notify);
  EXPECT_EQ(notify->event, "check-sync");
}

TEST(ServerCommand, that_is_unknown_is_refused_with_what_is_allowed) {
  const scenario::Scenario scenario = two_servers();
  for (const char* line : {"", "tertiary call", "call"})
    EXPECT_THAT(parse_server_command(line, scenario).error().message, HasSubstr("is no server"));
  for (const char* line : {"primary", "primary sing", "primary notify", "secondary silent"})
    EXPECT_THAT(parse_server_command(line, scenario).error().message, HasSubstr("close_port"));
}

TEST(ServerCommand, help_lists_phases_and_verbs) {
  const std::string help = server_command_help(two_servers());
  EXPECT_THAT(help, HasSubstr("primary PHASE: default, silent\n"));
  EXPECT_THAT(help, HasSubstr("notify EVENT"));
}

}  // namespace
}  // namespace sipharness::serve
