// @source RFC 3261 §10.3

#include "fake_servers/registrar.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto contact = "<sip:1001@10.0.0.1:5060>";

Request registering(std::vector<std::pair<std::string, std::string>> headers,
                    std::uint32_t cseq = 1) {
  Request request;
  request.branch = fmt::format("z9hG4bK{}", cseq);
  request.cseq = cseq;
  request.headers = std::move(headers);
  return request;
}

/// All Contact values of a message.
std::vector<std::string> contacts(const Seen& seen) {
  std::vector<std::string> values;
  const MessageView view = seen.view();
  for (const auto& header : view.headers())
    if (header.id == HeaderId::contact) values.emplace_back(header.value);
  return values;
}

struct GrantCase {
  const char* name;
  std::vector<std::pair<std::string, std::string>> headers;
  scenario::Accept policy;
  std::vector<std::string> contacts;
  std::string expires;
};

class Grant : public testing::TestWithParam<GrantCase> {};

TEST_P(Grant, follows_the_request_and_the_rule) {
  Stage stage({rule(GetParam().policy, {Method::register_})});
  stage.send_at(1s, registering(GetParam().headers));
  stage.run_until(2s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(1s + round_trip));
  EXPECT_EQ(contacts(stage.client.last()), GetParam().contacts);
  EXPECT_EQ(stage.client.last().view().header(HeaderId::expires), GetParam().expires);
}

const std::string own = "<sip:1001@10.0.0.1:5060>";

INSTANTIATE_TEST_SUITE_P(
    Registrar, Grant,
    testing::Values(
        GrantCase{"asked_by_header",
                  {{"Contact", own}, {"Expires", "120"}},
                  {},
                  {own + ";expires=120"},
                  ""},
        GrantCase{"asked_by_parameter_beats_header",
                  {{"Contact", own + ";expires=60"}, {"Expires", "120"}},
                  {},
                  {own + ";expires=60"},
                  ""},
        GrantCase{"nothing_asked_is_an_hour", {{"Contact", own}}, {}, {own + ";expires=3600"}, ""},
        GrantCase{"unreadable_parameter_is_an_hour",
                  {{"Contact", own + ";expires=soon"}},
                  {},
                  {own + ";expires=3600"},
                  ""},
        GrantCase{"rule_shortens",
                  {{"Contact", own}, {"Expires", "3600"}},
                  {.expires = 20s},
                  {own + ";expires=20"},
                  ""},
        GrantCase{"rule_grants_no_time",
                  {{"Contact", own}, {"Expires", "3600"}},
                  {.expires = 0s},
                  {own + ";expires=0"},
                  ""},
        GrantCase{"rule_uses_the_header",
                  {{"Contact", own}, {"Expires", "90"}},
                  {.expires = 60s, .expires_in_contact = false},
                  {own},
                  "60"},
        GrantCase{
            "compact_contact", {{"m", own}, {"Expires", "30"}}, {}, {own + ";expires=30"}, ""},
        GrantCase{"several_contacts",
                  {{"Contact", own + ";expires=60, <sip:1001@10.0.0.1:5062>;expires=90"}},
                  {},
                  {own + ";expires=60", "<sip:1001@10.0.0.1:5062>;expires=90"},
                  ""},
        GrantCase{"query_of_nothing", {}, {}, {}, ""}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Registrar, answers_carry_its_name_and_a_to_tag) {
  Stage stage;
  stage.send_at(1s, registering({{"Contact", contact}}));
  stage.run_until(2s);
  const MessageView answer = stage.client.last().view();
  EXPECT_EQ(answer.header(HeaderId::server), "sipharness/0.1 (fake primary)");
  EXPECT_FALSE(answer.to_tag().empty());
}

TEST(Registrar, a_query_lists_what_is_left_of_a_binding) {
  Stage stage;
  stage.send_at(1s, registering({{"Contact", contact}, {"Expires", "60"}}, 1));
  stage.send_at(31s, registering({}, 2));
  stage.send_at(62s, registering({}, 3));
  stage.run_until(63s);
  ASSERT_EQ(stage.client.received.size(), 3u);
  EXPECT_THAT(contacts(stage.client.received[1]), ElementsAre(own + ";expires=30"));
  EXPECT_THAT(contacts(stage.client.received[2]), ElementsAre()) << "it lapsed at 61 s";
}

TEST(Registrar, one_contact_is_removed_by_expiry_zero) {
  Stage stage;
  stage.send_at(1s, registering({{"Contact", own + ", <sip:1001@10.0.0.1:5062>"}}, 1));
  stage.send_at(2s, registering({{"Contact", own + ";expires=0"}}, 2));
  stage.run_until(3s);
  EXPECT_THAT(contacts(stage.client.last()), ElementsAre(HasSubstr("5062")));
}

TEST(Registrar, a_contact_may_come_and_go_in_one_request) {
  Stage stage;
  stage.send_at(1s, registering({{"Contact", own}, {"Contact", own + ";expires=0"}}));
  stage.run_until(2s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(1s + round_trip));
  EXPECT_THAT(contacts(stage.client.last()), ElementsAre());
}

TEST(Registrar, a_refreshed_contact_is_the_same_in_another_spelling) {
  Stage stage;
  stage.send_at(1s, registering({{"Contact", "<sip:1001@10.0.0.1:5060;ob>"}}, 1));
  stage.send_at(2s, registering({{"Contact", "\"Bob\" <sip:1001@10.0.0.1:5060>"}}, 2));
  stage.run_until(3s);
  EXPECT_EQ(contacts(stage.client.last()).size(), 1u);
}

struct StarCase {
  const char* name;
  std::vector<std::pair<std::string, std::string>> headers;
  int status;
  std::size_t left;
};

class Star : public testing::TestWithParam<StarCase> {};

TEST_P(Star, removes_all_only_alone_and_with_expires_zero) {
  Stage stage;
  stage.send_at(1s, registering({{"Contact", contact}}, 1));
  stage.send_at(2s, registering(GetParam().headers, 2));
  stage.send_at(3s, registering({}, 3));
  stage.run_until(4s);
  ASSERT_EQ(stage.client.received.size(), 3u);
  EXPECT_EQ(stage.client.received[1].view().status(), GetParam().status);
  EXPECT_EQ(contacts(stage.client.received[2]).size(), GetParam().left);
}

INSTANTIATE_TEST_SUITE_P(
    Registrar, Star,
    testing::Values(
        StarCase{"alone", {{"Contact", "*"}, {"Expires", "0"}}, 200, 0},
        StarCase{"without_expires", {{"Contact", "*"}}, 400, 1},
        StarCase{"with_time", {{"Contact", "*"}, {"Expires", "60"}}, 400, 1},
        StarCase{"in_company", {{"Contact", "*"}, {"Contact", own}, {"Expires", "0"}}, 400, 1}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Registrar, an_unknown_user_is_not_found) {
  Stage stage;
  Request request = registering({{"Contact", contact}});
  request.user = "1002";
  stage.send_at(1s, request);
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(404));
}

TEST(Registrar, takes_in_whoever_comes_first_where_any_account_will_do) {
  sipharness::world_sim::SimulatedWorld world;
  Recorder journal{world};
  FakeServerOptions options;
  options.server.name = "primary";
  options.server.address = server_endpoint.address;
  options.server.port = server_endpoint.port;
  options.accounts.front().user = "*";
  options.domain = server_endpoint.address.text();
  FakeServer server(world, journal, sipharness::Rng(1), options);
  Client client{world};
  std::uint32_t cseq = 0;
  for (const char* user : {"2001", "2002", "2001"}) {
    Request request = registering({{"Contact", contact}}, ++cseq);
    request.user = user;
    client.send(request);
    world.run(world.now() + 1s);
  }
  EXPECT_THAT(client.statuses(), ElementsAre(200, 404, 200));
}

TEST(Registrar, keeps_the_bindings_of_its_accounts_apart) {
  sipharness::world_sim::SimulatedWorld world;
  Recorder journal{world};
  FakeServerOptions options;
  options.server.name = "primary";
  options.server.address = server_endpoint.address;
  options.server.port = server_endpoint.port;
  options.accounts.resize(2);
  options.accounts[1].user = "1002";
  options.domain = server_endpoint.address.text();
  FakeServer server(world, journal, sipharness::Rng(1), options);
  Client client{world};
  const auto send = [&](std::string_view user, std::uint32_t cseq,
                        std::vector<std::pair<std::string, std::string>> headers) {
    Request request = registering(std::move(headers), cseq);
    request.user = user;
    client.send(request);
    world.run(world.now() + 1s);
  };
  send("1001", 1, {{"Contact", contact}});
  send("1002", 2, {{"Contact", "<sip:1002@10.0.0.1:5060>"}});
  EXPECT_THAT(contacts(client.last()), ElementsAre(HasSubstr("sip:1002@")));
  send("1002", 3, {{"Contact", "*"}, {"Expires", "0"}});
  send("1001", 4, {});
  EXPECT_THAT(contacts(client.last()), ElementsAre(HasSubstr("sip:1001@")));
  send("1003", 5, {});
  EXPECT_THAT(client.statuses(), ElementsAre(200, 200, 200, 200, 404));
}

TEST(Registrar, forgetting_empties_it_and_is_journalled) {
  Stage stage;
  stage.send_at(1s, registering({{"Contact", contact}}, 1));
  stage.at(2s, [&] { stage.server.forget_bindings(); });
  stage.send_at(3s, registering({}, 2));
  stage.run_until(4s);
  EXPECT_THAT(contacts(stage.client.last()), ElementsAre());
  EXPECT_EQ(stage.journal.all<journal::BindingsForgotten>().size(), 1u);
}

TEST(Registrar, lists_at_most_ten_contacts_the_own_one_first) {
  Stage stage;
  for (std::uint32_t i = 1; i <= 12; ++i)
    stage.send_at(1s + i * 10ms,
                  registering({{"Contact", fmt::format("<sip:1001@10.0.0.1:{}>", 6000 + i)}}, i));
  stage.run_until(2s);
  const auto listed = contacts(stage.client.last());
  EXPECT_EQ(listed.size(), Registrar::max_listed);
  EXPECT_THAT(listed.front(), HasSubstr("6012"));
}

}  // namespace
}  // namespace fake_servers::test
