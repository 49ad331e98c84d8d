#include "harness/scenario/scenario.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::scenario {
namespace {

using testing::ElementsAre;

/// A scenario with these rules at the primary and these steps after the boot.
std::string text(const std::string& rules, const std::string& steps = "") {
  return R"({"title": "t", "duration": "100s", "servers": {"primary": {"rules": [)" + rules +
         R"(]}, "secondary": {}}, "timeline": [{"at": "0s", "do": "boot"})" +
         (steps.empty() ? "" : ", " + steps) + "]}";
}

Scenario read(const std::string& json) {
  const auto scenarios = read_scenarios(json, "folder/what_happens.json");
  if (!scenarios) {
    for (const Error& error : scenarios.error()) ADD_FAILURE() << error.text();
    return {};
  }
  return scenarios->front();
}

Rule read_rule(const std::string& json) {
  return read(text(json)).server("primary").rules.at(0);
}

std::string enter(const std::string& phase) {
  return R"({"at": "1s", "do": "phase", "server": "primary", "phase": ")" + phase + "\"}";
}

TEST(Scenario, is_named_after_its_file) {
  EXPECT_EQ(read(text("")).name, "what_happens");
}

TEST(Scenario, has_defaults_for_what_is_left_out) {
  const Scenario scenario = read(text(""));
  EXPECT_FALSE(scenario.ipv6);
  EXPECT_TRUE(scenario.variant.empty());
  EXPECT_TRUE(scenario.expect.empty());
  EXPECT_FALSE(scenario.configure.register_expiration.has_value());
  ASSERT_EQ(scenario.servers.size(), 2U);
  EXPECT_EQ(scenario.servers[0].name, "primary");
  EXPECT_EQ(scenario.servers[1].name, "secondary");
  EXPECT_EQ(scenario.servers[0].port, 5060);
  EXPECT_FALSE(scenario.servers[0].address.has_value());
  EXPECT_EQ(scenario.servers[0].far_end.answer, Duration(3s));
}

TEST(Scenario, reads_servers_with_address_and_far_end) {
  const Scenario scenario = read(R"({"title": "t", "duration": "9s", "ipv6": true, "servers": {
      "secondary": {"address": "::1", "port": 5080},
      "primary": {"sent_by_port": 5999,
                  "far_end": {"ring": "never", "answer": "2s", "hang_up": "8s"}}},
      "timeline": [{"at": "0s", "do": "boot"}]})");
  EXPECT_EQ(scenario.servers[0].name, "primary") << "whatever the order in the file";
  EXPECT_EQ(scenario.server("secondary").address, IpAddress::parse("::1"));
  EXPECT_EQ(scenario.server("secondary").port, 5080);
  EXPECT_EQ(scenario.server("primary").sent_by_port, 5999);
  EXPECT_FALSE(scenario.server("secondary").sent_by_port.has_value());
  const FarEnd& far_end = scenario.server("primary").far_end;
  EXPECT_FALSE(far_end.ring.has_value());
  EXPECT_EQ(far_end.answer, Duration(2s));
  EXPECT_EQ(far_end.hang_up, Duration(8s));
}

TEST(Scenario, names_survive_being_written_and_read) {
  const std::string text = R"({
    "title": "t", "duration": "60s",
    "servers": {
      "primary": {"host": "p.test", "port": 5070},
      "secondary": {"port": 5080, "host": "s.test", "srv": true},
      "spare": {"port": 5070}},
    "dns": {"address": "127.0.0.13", "port": 5353, "records": [
      {"name": "_sip._udp.s.test",
       "srv": {"target": "t.test", "port": 5080, "priority": 10, "weight": 5}},
      {"name": "t.test", "address": "secondary"},
      {"name": "p.test", "address": "spare", "from": "20s"},
      {"name": "p.test", "answer": "silence", "until": "10s"},
      {"name": "p.test", "address": ["primary", "127.0.0.99"], "ttl": "30s", "from": "10s"}]},
    "timeline": [{"at": "0s", "do": "boot"}]})";
  const auto read = read_scenarios(text, "names.json");
  ASSERT_TRUE(read.has_value()) << read.error().front().text();
  const Scenario& scenario = read->front();
  EXPECT_EQ(scenario.server("primary").host, "p.test");
  ASSERT_TRUE(scenario.dns.has_value());
  EXPECT_EQ(scenario.dns->port, 5353);
  EXPECT_TRUE(scenario.server("secondary").by_srv);
  ASSERT_EQ(scenario.dns->records.size(), 5U);
  const std::vector<ServiceTarget> targets{{"t.test", 5080, 10, 5}};
  EXPECT_EQ(scenario.dns->records[0].services, targets);
  EXPECT_EQ(scenario.dns->records[3].answer, NameAnswer::silence);
  EXPECT_EQ(scenario.dns->records[4].targets.size(), 2U);
  EXPECT_EQ(scenario.dns->records[4].time_to_live, 30s);
  const auto again = read_scenarios(to_json(scenario), "names.json");
  ASSERT_TRUE(again.has_value()) << again.error().front().text();
  EXPECT_EQ(to_json(again->front()), to_json(scenario));
}

TEST(Scenario, reads_how_many_devices_take_part) {
  const auto text = [](std::string_view devices) {
    return fmt::format(R"({{"title": "t", "duration": "9s", {}
        "servers": {{"primary": {{}}, "secondary": {{}}}},
        "timeline": [{{"at": "0s", "do": "boot"}}]}})",
                       devices);
  };
  EXPECT_EQ(read(text("")).devices, 1U);
  const Scenario herd = read(text(R"("devices": 50,)"));
  EXPECT_EQ(herd.devices, 50U);
  EXPECT_EQ(read(to_json(herd)).devices, 50U);
}

TEST(Scenario, reads_settings_of_the_device) {
  const Configure configure = read(R"({"title": "t", "duration": "9s", "configure": {
      "register_expiration": "2min", "reregister_before": "20s", "subscribe_expiration": "1h",
      "subscriptions": ["dialog"], "mwi_subscribe": true, "transport": "tcp",
      "options_keepalive": {"interval": "10s", "max_lost": 4}},
      "servers": {"primary": {}, "secondary": {}}, "timeline": [{"at": "0s", "do": "boot"}]})")
                                  .configure;
  EXPECT_EQ(configure.register_expiration, Duration(2min));
  EXPECT_EQ(configure.reregister_before, Duration(20s));
  EXPECT_EQ(configure.subscribe_expiration, Duration(1h));
  EXPECT_THAT(configure.subscriptions.value(), ElementsAre("dialog"));
  EXPECT_EQ(configure.mwi_subscribe, true);
  EXPECT_EQ(configure.transport, Transport::tcp);
  ASSERT_TRUE(configure.options_keepalive.has_value());
  EXPECT_EQ(configure.options_keepalive->interval, 10s);
  EXPECT_EQ(configure.options_keepalive->max_lost, 4);
}

TEST(Scenario, writes_the_options_keepalive_it_read) {
  const Scenario scenario = read(R"({"title": "t", "duration": "9s",
      "configure": {"options_keepalive": {"interval": "10s"}},
      "servers": {"primary": {}, "secondary": {}}, "timeline": [{"at": "0s", "do": "boot"}]})");
  const auto again = read(to_json(scenario)).configure.options_keepalive;
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->interval, 10s);
  EXPECT_EQ(again->max_lost, 3);
}

TEST(Scenario, reads_expectations_with_and_without_a_window) {
  const Scenario scenario = read(R"({"title": "t", "duration": "9s",
      "servers": {"primary": {}, "secondary": {}}, "timeline": [{"at": "0s", "do": "boot"}],
      "expect": ["GRP-CALL-03", {"requirement": "FO-DET-INV", "min": "1s", "max": "32.2s"}]})");
  EXPECT_TRUE(scenario.expects("GRP-CALL-03"));
  EXPECT_TRUE(scenario.expects("FO-DET-INV"));
  EXPECT_FALSE(scenario.expects("FO-NODUP"));
  EXPECT_EQ(scenario.expect[1].min, Duration(1s));
  EXPECT_EQ(scenario.expect[1].max, Duration(32200ms));
}

// --- Rules ---------------------------------------------------------------------------------------

TEST(Rule, reads_what_it_matches) {
  const Rule rule = read_rule(R"({"name": "n", "method": ["INVITE", "BYE"], "nth": {"from": 2},
      "in_dialog": false, "event": "dialog", "from": "30s", "until": "60s", "probability": 0.2,
      "drop": true})");
  EXPECT_EQ(rule.name, "n");
  EXPECT_THAT(rule.methods, ElementsAre(sip::Method::invite, sip::Method::bye));
  EXPECT_EQ(rule.nth_from, 2U);
  EXPECT_FALSE(rule.nth_to.has_value());
  EXPECT_EQ(rule.in_dialog, false);
  EXPECT_EQ(rule.event, "dialog");
  EXPECT_EQ(rule.from, Duration(30s));
  EXPECT_EQ(rule.until, Duration(60s));
  EXPECT_DOUBLE_EQ(rule.probability, 0.2);
  EXPECT_FALSE(is_unconditional(rule));
}

TEST(Rule, nth_is_one_number_or_a_range) {
  const Rule one = read_rule(R"({"nth": 2, "drop": true})");
  EXPECT_EQ(one.nth_from, 2U);
  EXPECT_EQ(one.nth_to, 2U);
  const Rule range = read_rule(R"({"nth": {"from": 2, "to": 3}, "drop": true})");
  EXPECT_EQ(range.nth_from, 2U);
  EXPECT_EQ(range.nth_to, 3U);
}

TEST(Rule, has_a_name_from_where_it_stands_unless_it_is_given_one) {
  const Scenario scenario = read(
      text(R"({"phase": "busy", "drop": true}, {"method": "BYE", "drop": true})", enter("busy")));
  EXPECT_EQ(scenario.server("primary").rules.at(0).name, "primary/busy/0");
  EXPECT_EQ(scenario.server("primary").rules.at(1).name, "primary/always/1");
}

TEST(Rule, reads_accept) {
  const Verb verb = read_rule(R"({"accept": {"expires": "60s", "expires_in": "header"}})").verb;
  EXPECT_EQ(std::get<Accept>(verb).expires, Duration(60s));
  EXPECT_FALSE(std::get<Accept>(verb).expires_in_contact);
}

TEST(Rule, reads_drop_mute_and_delay) {
  EXPECT_TRUE(std::holds_alternative<Drop>(read_rule(R"({"drop": true})").verb));
  EXPECT_TRUE(std::holds_alternative<Mute>(read_rule(R"({"mute": true})").verb));
  EXPECT_EQ(std::get<Delay>(read_rule(R"({"delay": "700ms"})").verb).by, 700ms);
}

TEST(Rule, reads_reject) {
  const Verb verb = read_rule(R"({"reject": {"status": 503, "reason": "Busy",
                                             "headers": {"Retry-After": "60"}}})")
                        .verb;
  const auto& reject = std::get<Reject>(verb);
  EXPECT_EQ(reject.status, 503);
  EXPECT_EQ(reject.reason, "Busy");
  EXPECT_THAT(reject.headers, ElementsAre(testing::Pair("Retry-After", "60")));
}

TEST(Rule, reads_challenge) {
  const Verb verb = read_rule(R"({"challenge": {"status": 407, "realm": "r",
                                  "algorithm": "SHA-256", "qop": false, "stale": true}})")
                        .verb;
  const auto& with = std::get<ChallengeWith>(verb);
  EXPECT_EQ(with.status, 407);
  EXPECT_EQ(with.challenge.realm, "r");
  EXPECT_THAT(with.algorithms, ElementsAre("SHA-256"));
  EXPECT_TRUE(with.admits);
  EXPECT_FALSE(with.challenge.qop_auth);
  EXPECT_TRUE(with.challenge.stale);
}

TEST(Rule, reads_provisional) {
  const Verb verb = read_rule(R"({"provisional": {"status": 180, "after": "700ms"}})").verb;
  EXPECT_EQ(std::get<Provisional>(verb).status, 180);
  EXPECT_EQ(std::get<Provisional>(verb).after, 700ms);
}

TEST(Rule, reads_what_a_notifier_does) {
  const Verb verb = read_rule(R"({"accept": {"notify": "before", "terminate":
                                 {"after": "10s", "reason": "probation", "retry_after": "30s"}}})")
                        .verb;
  const auto& accept = std::get<Accept>(verb);
  EXPECT_EQ(accept.notify, NotifyTime::before);
  ASSERT_TRUE(accept.terminate.has_value());
  EXPECT_EQ(accept.terminate->after, 10s);
  EXPECT_EQ(accept.terminate->reason, "probation");
  EXPECT_EQ(accept.terminate->retry_after, Duration(30s));
  EXPECT_EQ(std::get<Accept>(read_rule(R"({"accept": {}})").verb).notify, NotifyTime::after);
}

TEST(Rule, reads_what_is_done_to_its_responses) {
  const Rule rule = read_rule(
      R"({"accept": {"record_route": ["loose", "strict"]}, "repeat": ["500ms", "1.5s"],
          "foreign_sent_by": "1s"})");
  EXPECT_THAT(std::get<Accept>(rule.verb).record_route, ElementsAre(Router::loose, Router::strict));
  EXPECT_THAT(rule.repeat, ElementsAre(Duration(500ms), Duration(1500ms)));
  EXPECT_EQ(rule.foreign_sent_by, Duration(1s));
}

TEST(Rule, every_kind_survives_being_written_and_read) {
  const std::string written = to_json(read(text(R"(
      {"nth": 2, "accept": {"expires": "60s", "record_route": ["strict", "loose"]}},
      {"nth": 4, "accept": {}, "repeat": ["1s", "2s"], "foreign_sent_by": "1s"},
      {"nth": 3, "accept": {"notify": "never", "terminate": {"after": "1s", "retry_after": "9s"}}},
      {"nth": {"from": 2, "to": 4}, "drop": true},
      {"in_dialog": true, "delay": "700ms"}, {"event": "dialog", "mute": true},
      {"method": "INVITE", "reject": {"status": 486, "headers": {"X-A": "b", "X-C": "d"}}},
      {"from": "1s", "until": "2s", "challenge": {"realm": "r"}},
      {"method": "BYE", "challenge": {"algorithm": ["SHA-512-256", "MD5"], "admits": false}},
      {"probability": 0.25, "provisional": {"after": "1s"}})")));
  EXPECT_EQ(to_json(read(written)), written);
}

// --- Phases --------------------------------------------------------------------------------------

TEST(Phase, silent_needs_no_rules_and_drops_everything_before_all_other_rules) {
  const Scenario scenario = read(text(R"({"method": "INVITE", "delay": "1s"})", enter("silent")));
  const Server& primary = scenario.server("primary");
  ASSERT_EQ(primary.rules.size(), 2U);
  EXPECT_EQ(primary.rules[0].name, "primary/silent/0");
  EXPECT_EQ(primary.rules[0].phase, "silent");
  EXPECT_TRUE(std::holds_alternative<Drop>(primary.rules[0].verb));
  EXPECT_TRUE(is_silent_phase(primary, "silent"));
  EXPECT_THAT(primary.phases, ElementsAre("silent"));
  EXPECT_TRUE(scenario.server("secondary").rules.empty());
}

TEST(Phase, silent_with_rules_of_its_own_is_left_as_it_is) {
  const Scenario scenario =
      read(text(R"({"phase": "silent", "method": "INVITE", "drop": true})", enter("silent")));
  EXPECT_EQ(scenario.server("primary").rules.size(), 1U);
  EXPECT_FALSE(is_silent_phase(scenario.server("primary"), "silent"));
}

TEST(Phase, default_is_the_one_without_a_name) {
  const Scenario scenario =
      read(text(R"({"phase": "busy", "drop": true})", enter("busy") + ", " + enter("default")));
  EXPECT_EQ(std::get<ServerStep>(scenario.timeline[1].what).phase, "busy");
  EXPECT_EQ(std::get<ServerStep>(scenario.timeline[2].what).phase, "");
}

struct SilenceCase {
  std::string_view name;
  std::string rules;
  bool silent_in_busy;
  bool silent_by_default;
};

TEST(Phase, is_silent_when_nothing_in_it_is_answered) {
  const std::string busy = R"({"phase": "busy", )";
  const std::vector<SilenceCase> cases{
      {"everything dropped", busy + R"("drop": true})", true, false},
      {"one method dropped", busy + R"("method": "INVITE", "drop": true})", false, false},
      {"an answer before the drop",
       busy + R"("method": "OPTIONS", "accept": {}}, )" + busy + R"("drop": true})", false, false},
      {"an answer after the drop", busy + R"("drop": true}, {"mute": true})", true, false},
      {"some loss, then all", R"({"probability": 0.5, "drop": true}, )" + busy + R"("drop": true})",
       true, false},
      {"only some loss", busy + R"("probability": 0.5, "drop": true})", false, false},
      {"only for a time", busy + R"("until": "9s", "drop": true})", false, false},
      {"rejected, not dropped", busy + R"("reject": {"status": 503}})", false, false},
      {"dropped in every phase", busy + R"("method": "BYE", "drop": true}, {"drop": true})", true,
       true}};
  for (const SilenceCase& c : cases) {
    SCOPED_TRACE(c.name);
    const Scenario scenario = read(text(c.rules, enter("busy")));
    EXPECT_EQ(is_silent_phase(scenario.server("primary"), "busy"), c.silent_in_busy);
    EXPECT_EQ(is_silent_phase(scenario.server("primary"), ""), c.silent_by_default);
  }
}

// --- Timeline ------------------------------------------------------------------------------------

TEST(Timeline, reads_absolute_and_anchored_times) {
  const Scenario scenario = read(text("", R"(
      {"at": "35s", "do": "dial", "number": "2001"},
      {"after": "secondary.answered", "plus": "10s", "deadline": "90s", "do": "hang_up"},
      {"after": "ended", "do": "shutdown"})"));
  const When& absolute = scenario.timeline[1].when;
  EXPECT_FALSE(absolute.after.has_value());
  EXPECT_EQ(absolute.at, 35s);
  const When& anchored = scenario.timeline[2].when;
  ASSERT_TRUE(anchored.after.has_value());
  EXPECT_EQ(anchored.after->kind, AnchorKind::answered);
  EXPECT_EQ(anchored.after->server, "secondary");
  EXPECT_EQ(anchored.at, 10s);
  EXPECT_EQ(anchored.deadline, Duration(90s));
  EXPECT_EQ(scenario.timeline[3].when.after->kind, AnchorKind::ended);
  EXPECT_EQ(scenario.timeline[3].when.at, 0s);
  EXPECT_FALSE(scenario.timeline[3].when.deadline.has_value());
}

TEST(Timeline, knows_where_each_step_stands) {
  const Scenario scenario = read(text("", "\n  {\"at\": \"1s\", \"do\": \"shutdown\"}"));
  EXPECT_EQ(scenario.timeline[1].place.text, "folder/what_happens.json:2:3");
}

TEST(Timeline, every_action_and_anchor_survives_being_written_and_read) {
  std::string steps;
  for (const std::string_view anchor :
       {"first_seen", "ended", "primary.registered", "secondary.registered",
        "primary.register_failed", "secondary.register_failed", "primary.invite_at",
        "secondary.invite_at", "primary.answered", "secondary.answered"})
    steps += R"({"after": ")" + std::string(anchor) + R"(", "do": "hold"}, )";
  for (const std::string_view verb :
       {"boot", "answer", "reject", "hang_up", "hold", "resume", "restart", "shutdown"})
    steps += R"({"at": "1s", "do": ")" + std::string(verb) + R"("}, )";
  for (const std::string_view verb :
       {"close_port", "open_port", "forget_bindings", "call", "far_end_hang_up", "options",
        "stray_bye", "close_connections"})
    steps += R"({"at": "2s", "server": "secondary", "do": ")" + std::string(verb) + R"("}, )";
  steps += R"({"at": "3s", "do": "far_end_request", "server": "primary", "method": "REFER"}, )";
  steps += R"({"at": "3s", "do": "notify", "server": "primary", "event": "presence"}, )";
  steps += R"({"at": "3s", "do": "call", "server": "primary", "same_call": true}, )";
  steps += R"({"at": "3s", "do": "raw", "server": "primary", "bytes": "0d0a00ff"}, )";
  steps += R"({"at": "3s", "do": "raw", "server": "primary", "lines": ["A ${contact}", ""]}, )";
  steps += R"({"at": "3s", "do": "dial", "number": "2001"}, )" + enter("silent");
  steps.replace(steps.rfind("\"1s\""), 4, "\"4s\"");
  const std::string written = to_json(read(text("", steps)));
  EXPECT_EQ(to_json(read(written)), written);
}

TEST(Timeline, says_how_a_server_sends_its_requests) {
  const std::string steps = R"(
      {"at": "1s", "server": "primary", "do": "call", "repeats": ["1s", "10s"], "withhold_acks": 3},
      {"at": "2s", "server": "primary", "do": "options"})";
  const Scenario scenario = read(text("", steps));
  const auto& call = std::get<ServerStep>(scenario.timeline[1].what);
  EXPECT_EQ(call.sending.repeats, (std::vector<Duration>{1s, 10s}));
  EXPECT_EQ(call.sending.withheld_acks, 3u);
  EXPECT_TRUE(std::get<ServerStep>(scenario.timeline[2].what).sending.repeats.empty());
  const std::string written = to_json(scenario);
  EXPECT_EQ(to_json(read(written)), written);
}

TEST(FarEnd, has_a_session_timer_if_it_is_given_one) {
  const Scenario scenario =
      read(R"({"title": "t", "duration": "9s", "configure": {"session_timer": "3min"},
        "servers": {"secondary": {}, "primary": {"far_end": {"session_timer": {
        "expires": "2min", "refresher": "far_end", "refreshes": false}}}},
        "timeline": [{"at": "0s", "do": "boot"}]})");
  EXPECT_EQ(scenario.configure.session_timer, Duration(3min));
  const auto& timer = scenario.server("primary").far_end.session_timer;
  ASSERT_TRUE(timer.has_value());
  EXPECT_EQ(timer->expires, 2min);
  EXPECT_EQ(timer->min, 90s);
  EXPECT_FALSE(timer->device_refreshes);
  EXPECT_FALSE(timer->refreshes);
  const std::string written = to_json(scenario);
  EXPECT_EQ(to_json(read(written)), written);
}

TEST(Verb, has_the_word_of_the_file) {
  EXPECT_EQ(to_string(DeviceVerb::hang_up), "hang_up");
  EXPECT_EQ(to_string(ServerVerb::hang_up), "far_end_hang_up");
  EXPECT_EQ(to_string(ServerVerb::forget_bindings), "forget_bindings");
}

TEST(Anchor, has_the_word_of_the_file) {
  EXPECT_EQ(to_string(Anchor{AnchorKind::registered, "primary"}), "primary.registered");
  EXPECT_EQ(to_string(Anchor{AnchorKind::first_seen, ""}), "first_seen");
}

}  // namespace
}  // namespace sipharness::scenario
