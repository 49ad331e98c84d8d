#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/trace_builder.hpp"

namespace sipharness::trace {
namespace {

using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A foreign capture: nobody says who is who.
class ServerInference : public testing::Test {
 protected:
  ServerInference() {
    t.infer_servers();
    t.without_journal();
  }

  static ServerRole role_of(const Trace& trace, const Endpoint& endpoint) {
    for (const Server& server : trace.servers)
      if (server.endpoint == endpoint) return server.role;
    return ServerRole::none;
  }

  TraceBuilder t;
};

TEST_F(ServerInference, guesses_from_registers_alone) {
  t.healthy_registrations(0s);
  const Trace trace = t.build();
  EXPECT_EQ(trace.servers[0].known.from, KnownFrom::inferred);
  EXPECT_EQ(trace.servers[0].known.why, "first REGISTER");
  ASSERT_THAT(trace.other_roles, SizeIs(1));
  EXPECT_FALSE(trace.other_roles[0].is_unlikely);
  EXPECT_THAT(trace.other_roles[0].taken, HasSubstr("127.0.0.11:5070 (guessed: first REGISTER)"));
}

TEST_F(ServerInference, knows_where_registers_and_calls_agree) {
  t.healthy_registrations(0s);
  t.complete_call(primary, 5s);
  EXPECT_THAT(t.build().other_roles, IsEmpty());
}

TEST_F(ServerInference, goes_by_calls_where_registers_disagree) {
  t.registration(secondary, 0s);
  t.registration(primary, 6ms);
  t.complete_call(primary, 5s);
  const Trace trace = t.build();
  EXPECT_EQ(role_of(trace, t.server_endpoint(primary)), ServerRole::primary);
  ASSERT_THAT(trace.other_roles, SizeIs(1));
  EXPECT_FALSE(trace.other_roles[0].is_unlikely);
}

TEST_F(ServerInference, finds_the_other_way_unlikely_after_a_fallback) {
  t.registration(secondary, 0s);
  t.registration(primary, 6ms);
  t.silent_invite(primary, 5s);
  t.complete_call(secondary, 37s);
  const Trace trace = t.build();
  EXPECT_EQ(role_of(trace, t.server_endpoint(primary)), ServerRole::primary);
  ASSERT_THAT(trace.other_roles, SizeIs(1));
  EXPECT_TRUE(trace.other_roles[0].is_unlikely);
}

TEST_F(ServerInference, takes_a_call_to_the_other_server_at_once_for_no_fallback) {
  t.healthy_registrations(0s);
  t.silent_invite(secondary, 5s);
  t.complete_call(primary, 5100ms);
  const Trace trace = t.build();
  ASSERT_THAT(trace.other_roles, SizeIs(1));
  EXPECT_FALSE(trace.other_roles[0].is_unlikely);
}

TEST_F(ServerInference, finds_a_secondary_that_only_calls_go_to) {
  t.registration(primary, 0s);
  t.silent_invite(primary, 5s);
  t.complete_call(secondary, 37s);
  const Trace trace = t.build();
  EXPECT_EQ(role_of(trace, t.server_endpoint(secondary)), ServerRole::secondary);
}

TEST_F(ServerInference, takes_whom_a_device_calls_besides_for_no_server) {
  t.registration(primary, 0s);
  t.complete_call(primary, 5s);
  t.complete_call(secondary, 60s);
  const Trace trace = t.build();
  EXPECT_THAT(trace.servers, SizeIs(1));
  EXPECT_FALSE(trace.has_server(ServerRole::secondary));
}

}  // namespace
}  // namespace sipharness::trace
