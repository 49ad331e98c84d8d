#include "fake_servers/behaviour.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/sip/builder.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::Pointee;

scenario::Rule dropping(std::vector<Method> methods = {}) {
  return rule(scenario::Drop{}, std::move(methods));
}

/// Decides over requests written as text; every call is a new request unless `branch` is given.
class Rules {
 public:
  explicit Rules(std::vector<scenario::Rule> rules, std::uint64_t seed = 1)
      : behaviour(with(std::move(rules)), sipharness::Rng(seed)) {}

  bool meets(Request request, Duration at = 0s) { return rule_for(std::move(request), at) != ""; }

  std::string rule_for(Request request, Duration at = 0s) {
    if (request.branch == Request{}.branch) request.branch = fmt::format("z9hG4bK{}", ++branch_);
    const std::string text = request.text();
    const Rule* met = behaviour.decide(MessageView::parse(text), at);
    return met == nullptr ? "" : met->name;
  }

  Behaviour behaviour;

 private:
  static scenario::Server with(std::vector<scenario::Rule> rules) {
    scenario::Server server;
    server.name = "primary";
    server.rules = std::move(rules);
    return server;
  }
  int branch_ = 0;
};

TEST(Behaviour, without_rules_every_request_is_served) {
  Rules rules({});
  EXPECT_FALSE(rules.meets({}));
  EXPECT_EQ(rules.behaviour.silencer(0s), nullptr);
}

TEST(Behaviour, the_first_matching_rule_wins) {
  auto first = dropping({Method::invite});
  first.name = "first";
  auto second = dropping();
  second.name = "second";
  Rules rules({first, second});
  EXPECT_EQ(rules.rule_for({.method = "INVITE"}), "first");
  EXPECT_EQ(rules.rule_for({.method = "BYE"}), "second");
}

TEST(Behaviour, a_rule_without_a_name_is_called_by_server_phase_and_place) {
  auto nameless = dropping();
  nameless.name.clear();
  nameless.phase = "silent";
  Rules rules({dropping({Method::bye}), nameless});
  rules.behaviour.enter_phase("silent");
  EXPECT_EQ(rules.rule_for({}), "primary/silent/1");
}

TEST(Behaviour, counts_new_requests_and_not_their_repeats) {
  auto second_only = dropping({Method::register_});
  second_only.nth_from = second_only.nth_to.emplace(2);
  Rules rules({second_only});
  EXPECT_FALSE(rules.meets({.branch = "z9hG4bKa"}));
  EXPECT_FALSE(rules.meets({.branch = "z9hG4bKa"}));
  EXPECT_FALSE(rules.meets({.method = "OPTIONS"}));
  EXPECT_TRUE(rules.meets({.branch = "z9hG4bKb"}));
  EXPECT_TRUE(rules.meets({.branch = "z9hG4bKb"})) << "a repeat keeps its number";
  EXPECT_FALSE(rules.meets({.branch = "z9hG4bKc"}));
}

TEST(Behaviour, a_rule_counts_also_what_an_earlier_one_won) {
  auto first = dropping({Method::register_});
  first.nth_to = 1;
  first.name = "first";
  auto second = dropping({Method::register_});
  second.nth_from = 2;
  second.name = "from the second on";
  Rules rules({first, second});
  EXPECT_EQ(rules.rule_for({}), "first");
  EXPECT_EQ(rules.rule_for({}), "from the second on");
  EXPECT_EQ(rules.rule_for({}), "from the second on");
}

TEST(Behaviour, a_rule_of_a_phase_sleeps_outside_it) {
  auto silent = dropping();
  silent.phase = "silent";
  Rules rules({silent});
  EXPECT_FALSE(rules.meets({}));
  rules.behaviour.enter_phase("silent");
  EXPECT_TRUE(rules.meets({}));
  rules.behaviour.enter_phase("");
  EXPECT_FALSE(rules.meets({}));
}

TEST(Behaviour, a_time_window_includes_its_start_and_not_its_end) {
  auto windowed = dropping();
  windowed.from = 30s;
  windowed.until = 60s;
  Rules rules({windowed});
  EXPECT_FALSE(rules.meets({}, 30s - 1ns));
  EXPECT_TRUE(rules.meets({}, 30s));
  EXPECT_TRUE(rules.meets({}, 60s - 1ns));
  EXPECT_FALSE(rules.meets({}, 60s));
  EXPECT_THAT(rules.behaviour.window_edges(), ElementsAre(30s, 60s));
}

TEST(Behaviour, tells_in_dialog_from_outside_by_the_to_tag) {
  auto inside = dropping({Method::invite});
  inside.in_dialog = true;
  inside.name = "inside";
  auto outside = dropping({Method::invite});
  outside.in_dialog = false;
  outside.name = "outside";
  Rules rules({inside, outside});
  EXPECT_EQ(rules.rule_for({.method = "INVITE"}), "outside");
  EXPECT_EQ(rules.rule_for({.method = "INVITE", .to_tag = "t"}), "inside");
}

TEST(Behaviour, an_event_package_is_compared_without_its_parameters) {
  auto dialogs = dropping({Method::subscribe});
  dialogs.event = "dialog";
  Rules rules({dialogs});
  EXPECT_TRUE(rules.meets({.method = "SUBSCRIBE", .headers = {{"Event", "dialog;sla"}}}));
  EXPECT_TRUE(rules.meets({.method = "SUBSCRIBE", .headers = {{"o", "dialog"}}}));
  EXPECT_FALSE(rules.meets({.method = "SUBSCRIBE", .headers = {{"Event", "presence"}}}));
  EXPECT_FALSE(rules.meets({.method = "SUBSCRIBE"}));
}

TEST(Behaviour, chance_is_drawn_for_every_datagram_and_repeats_with_the_seed) {
  auto lossy = dropping();
  lossy.probability = 0.2;
  const auto drops = [&](std::uint64_t seed) {
    Rules rules({lossy}, seed);
    std::vector<bool> drawn;
    for (int i = 0; i < 1000; ++i) drawn.push_back(rules.meets({.branch = "z9hG4bKsame"}));
    return drawn;
  };
  EXPECT_EQ(drops(7), drops(7));
  EXPECT_NE(drops(7), drops(8));
  EXPECT_NEAR(static_cast<double>(std::ranges::count(drops(7), true)), 200, 60);
}

struct BlanketCase {
  const char* name;
  std::vector<scenario::Rule> rules;
  bool is_silent;
};

scenario::Rule altered(scenario::Rule base, const std::function<void(scenario::Rule&)>& alter) {
  alter(base);
  return base;
}

class Blanket : public testing::TestWithParam<BlanketCase> {};

TEST_P(Blanket, only_a_drop_of_everything_unplugs_the_server) {
  Rules rules(GetParam().rules);
  EXPECT_EQ(rules.behaviour.silencer(10s) != nullptr, GetParam().is_silent);
}

INSTANTIATE_TEST_SUITE_P(
    Behaviour, Blanket,
    testing::Values(
        BlanketCase{"drop_all", {dropping()}, true},
        BlanketCase{"drop_invite", {dropping({Method::invite})}, false},
        BlanketCase{"drop_invite_then_all", {dropping({Method::invite}), dropping()}, true},
        BlanketCase{"answer_options_drop_the_rest",
                    {rule(scenario::Accept{}, {Method::options}), dropping()},
                    false},
        BlanketCase{
            "other_phase", {altered(dropping(), [](auto& rule) { rule.phase = "silent"; })}, false},
        BlanketCase{
            "in_its_window", {altered(dropping(), [](auto& rule) { rule.from = 10s; })}, true},
        BlanketCase{
            "before_its_window", {altered(dropping(), [](auto& rule) { rule.from = 11s; })}, false},
        BlanketCase{
            "by_chance", {altered(dropping(), [](auto& rule) { rule.probability = 0.5; })}, false},
        BlanketCase{
            "only_the_first", {altered(dropping(), [](auto& rule) { rule.nth_to = 1; })}, false},
        BlanketCase{"mute_is_not_silent", {rule(scenario::Mute{})}, false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Behaviour, a_mute_of_everything_is_told_apart_from_silence) {
  Rules rules({rule(scenario::Mute{})});
  EXPECT_NE(rules.behaviour.muter(0s), nullptr);
}

TEST(Behaviour, names_the_rules_that_never_matched) {
  auto never = dropping({Method::refer});
  never.name = "never";
  Rules rules({dropping({Method::invite}), never});
  rules.meets({.method = "INVITE"});
  EXPECT_THAT(rules.behaviour.unmatched_rules(),
              ElementsAre(Pointee(Field(&scenario::Rule::name, "never"))));
}

TEST(TransactionKey, is_shared_by_a_request_and_its_response_only) {
  const std::string request = Request{.method = "INVITE"}.text();
  const std::string response =
      sip::MessageBuilder::response_to(MessageView::parse(request), 180, "tag").str();
  const std::string cancel = Request{.method = "CANCEL"}.text();
  const auto key = [](const std::string& text) {
    return transaction_key(MessageView::parse(text));
  };
  EXPECT_EQ(key(request), key(response));
  EXPECT_NE(key(request), key(cancel));
  EXPECT_EQ(key(request), cancelled_key(MessageView::parse(cancel)));
  EXPECT_NE(key(request), key(Request{.method = "INVITE", .branch = "z9hG4bKtwo"}.text()));
  EXPECT_NE(key(request), key(Request{.method = "INVITE", .cseq = 2}.text()));
}

}  // namespace
}  // namespace fake_servers::test
