// Files that must be refused, each with every error it must be refused with.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "harness/scenario/scenario.hpp"
#include "tests/harness/scenario/files.hpp"

namespace sipharness::scenario {
namespace {

/// An error begins with `beginning` (line, column, pointer, what was found) and ends with `end`.
struct Refusal {
  std::string_view beginning;
  std::string_view end;
};

struct RefusedFile {
  std::string_view file;
  std::vector<Refusal> errors;
};

const std::vector<RefusedFile> refused_files{
    {"by_reader/bad_address.json",
     {{"5:28: /servers/primary/address: found \"127.0.0.300\"",
       "allowed is an IPv4 or IPv6 address, such as \"127.0.0.11\" or \"::1\""}}},
    {"by_reader/contradictory_rules.json",
     {{"7:7: /servers/primary/rules/1: this rule is never reached: \"busy\"",
       "before it takes all that it matches"},
      {"8:7: /servers/primary/rules/2: this rule is never reached: \"busy\"",
       "before it takes all that it matches"}}},
    {"by_reader/deadline_after_the_end.json",
     {{"10:49: /timeline/1/deadline: found \"61s\"; the scenario ends at 1min", ""}}},
    {"by_reader/dials_before_boot.json",
     {{"9:24: /timeline/0/do: \"dial\" comes before the device's \"boot\"", ""}}},
    {"by_reader/drops_and_repeats.json",
     {{"5:52: /servers/primary/rules/0/repeat: this rule lets no response out", "be done to"}}},
    {"by_reader/half_a_minute_of_registration.json",
     {{"4:40: /configure/register_expiration: found \"90s\"",
       "phones count this in whole minutes"}}},
    {"by_reader/ipv6_address_in_an_ipv4_scenario.json",
     {{"5:28: /servers/primary/address: found ::1",
       "the scenario is for IPv4 (\"ipv6\" is not true)"}}},
    {"by_reader/keep_alive_without_pause.json",
     {{"4:51: /configure/options_keepalive/interval: interval must be greater than 0", ""}}},
    {"by_reader/name_as_address.json",
     {{"5:28: /servers/primary/address: found \"p.test\"",
       "allowed is an IPv4 or IPv6 address, such as \"127.0.0.11\" or \"::1\""}}},
    {"by_reader/name_of_the_folder_above.json",
     {{"4:11: /name: found \"..\"; allowed is text of 1 to 100 bytes", "not `.` or `..`"}}},
    {"by_reader/name_that_turns_round.json",
     {{"4:11: /name: found \"a\\x202eb\"; allowed is text of 1 to 100 bytes", "not `.` or `..`"}}},
    {"by_reader/profile_user_of_two_lines.json",
     {{"4:23: /account/user: found \"1001\\x0d\\x0aVia: x\"", "without control characters"}}},
    {"by_reader/never_boots.json",
     {{"8:15: /timeline: the device never boots", "the timeline needs a step \"boot\""}}},
    {"by_reader/nth_upside_down.json",
     {{"5:35: /servers/primary/rules/0/nth: \"to\" 2 comes before \"from\" 3", ""}}},
    {"by_reader/number_that_is_no_time.json",
     {{"9:12: /timeline/0/at: found \"1.2.3s\"",
       "allowed is a number with its unit (us, ms, s, min or h), such as \"500ms\""}}},
    {"by_reader/phase_never_entered.json",
     {{"5:37: /servers/primary/rules/0/phase: no step takes primary", "into the phase \"busy\""}}},
    {"by_reader/profile_half_a_second.json",
     {{"4:24: /reregister_before: found \"500ms\"", "phones count this in whole seconds"}}},
    {"by_reader/profile_keep_alive_of_half_a_second.json",
     {{"4:37: /options_keepalive/interval: found \"500ms\"",
       "phones count this in whole seconds"}}},
    {"by_reader/profile_phone_answers_at_once.json",
     {{"4:30: /phone/answer_within: answer_within must be greater than 0", ""}}},
    {"by_reader/profile_session_too_short.json",
     {{"4:20: /session_timer: 1min is less than \"min_se\", 90s", ""}}},
    {"by_reader/profile_source_of_nothing.json",
     {{"4:28: /sources/reg_retry: \"reg_retry\" is no key of a profile", ""}}},
    {"by_reader/profile_timer_of_a_day.json", {{"4:13: /timers: no timer is longer than 1h", ""}}},
    {"by_reader/profile_timers_upside_down.json",
     {{"4:13: /timers: t1 must be greater than 0, and t2 at least t1", ""}}},
    {"by_reader/repeats_out_of_order.json",
     {{"10:74: /timeline/1/repeats/1: repeats stand in the order they are sent", ""}}},
    {"by_reader/session_timer_below_its_minimum.json",
     {{"5:46: /servers/primary/far_end/session_timer: \"expires\" 1min is less than \"min\" 90s",
       ""}}},
    {"by_reader/same_call_as_none.json",
     {{"7:66: /timeline/1/same_call: no call of the secondary before it", "could be the same"},
      {"8:62: /timeline/2/lines/0: unknown variable",
       "allowed is contact, user, device, server, primary or secondary"}}},
    {"by_schema/acks_of_options.json",
     {{"10:73: /timeline/1/withhold_acks: \"withhold_acks\" belongs to \"do\": call", ""}}},
    {"by_schema/profile_keep_alive_bears_no_loss.json",
     {{"4:56: /options_keepalive/max_lost: found 0", "allowed is a whole number from 1 to 1000"}}},
    {"by_schema/raw_of_nothing.json",
     {{"7:5: /timeline/1: \"raw\" sends either \"bytes\" or \"lines\"", ""},
      {"8:61: /timeline/2/bytes: found \"0d0\"; allowed is hexadecimal digits",
       "two for each byte"},
      {"9:65: /timeline/3/lines: \"lines\" belongs to \"do\": raw", ""},
      {"10:69: /timeline/4/same_call: \"same_call\" belongs to \"do\": call", ""}}},
    {"by_schema/repeated_phase.json",
     {{"10:84: /timeline/1/repeats: \"repeats\" belongs to \"do\": call, far_end_hang_up", ""}}},
    {"by_reader/requirement_expected_twice.json",
     {{"11:28: /expect/1: GRP-REG-01 is expected twice", ""}}},
    {"by_reader/rewrites_all_and_part.json",
     {{"10:34: /servers/primary/rules/0/rewrite/headers: \"lines\" and \"bytes\" stand for the",
       "whole response"},
      {"14:22: /servers/primary/rules/1/rewrite: this changes nothing of the response", ""},
      {"14:22: /servers/primary/rules/1/rewrite: this rule lets no response out", "be done to"},
      {"14:49: /servers/primary/rules/1/repeat: this rule lets no response out", "be done to"},
      {"18:60: /servers/primary/link/0/until: the link's time ends before it begins", ""},
      {"19:36: /servers/primary/link/1/reorder: without \"jitter\" nothing overtakes", ""}}},
    {"by_reader/rule_ends_before_it_begins.json",
     {{"5:52: /servers/primary/rules/0/until: the rule's time ends before it begins", ""}}},
    {"by_schema/misspelt_phase_and_server.json",
     {{"10:64: /timeline/1/phase: found \"bussy\"", "did you mean \"busy\"?"},
      {"11:44: /timeline/2/server: found \"secundary\"", "did you mean \"secondary\"?"},
      {"12:43: /timeline/3/serer: unknown key", "did you mean \"server\"?"}}},
    {"by_reader/spare_that_nothing_leads_to.json",
     {{"7:14: /servers/spare: no name of the primary leads to the spare", "that lead to both"},
      {"7:37: /servers/spare/host: a device finds the spare by the name of the primary", ""}}},
    {"by_reader/services_that_lead_nowhere.json",
     {{"5:25: /servers/primary/host: no record of p.test leads to the primary", ""},
      {"6:26: /servers/secondary/srv: \"srv\" belongs to \"host\"", ""},
      {"11:33: /dns/records/2/srv: an SRV record stands under a service: \"_sip._udp.b.p.test\"",
       ""},
      {"12:45: /dns/records/3/address: _sip._tcp.p.test is a service: it has an \"srv\"", ""}}},
    {"by_reader/name_that_leads_elsewhere.json",
     {{"5:25: /servers/primary/host: no record of p.test leads to the primary", ""}}},
    {"by_reader/name_without_name_server.json",
     {{"5:25: /servers/primary/host: a name needs a name server", "give the scenario a \"dns\""}}},
    {"by_reader/same_server_by_name.json",
     {{"6:27: /servers/secondary/host: primary and secondary are the same server, port 5070 and "
       "s.test:5070",
       "do not configure the same address as primary and secondary SIP server"},
      {"6:27: /servers/secondary/host: no record of s.test leads to the secondary", ""}}},
    {"by_reader/same_server_by_two_names.json",
     {{"6:27: /servers/secondary/host: primary and secondary are the same server, p.test:5070 and "
       "s.test:5070",
       "do not configure the same address as primary and secondary SIP server"}}},
    {"by_reader/same_server_twice.json",
     {{"6:30: /servers/secondary/address: primary and secondary are the same server, "
       "127.0.0.11:5070",
       "do not configure the same address as primary and secondary SIP server"}}},
    {"by_reader/step_after_the_end.json",
     {{"10:12: /timeline/1/at: found \"60s\"; the scenario ends at 1min", ""}}},
    {"by_reader/steps_out_of_order.json",
     {{"11:12: /timeline/2/at: found \"10s\"",
       "a step before it is at 20s: steps stand in the order they are done"}}},
    {"by_reader/two_variants_of_one_name.json",
     {{"4:40: /variants/1/name: a second variant named \"a\"", ""}}},
    {"by_reader/unknown_phase.json",
     {{"11:63: /timeline/2/phase: found \"bussy\"", "did you mean \"busy\"?"}}},
    {"by_reader/unknown_requirement.json",
     {{"11:28: /expect/1: found \"GRP-CALL-3\", which is no requirement of the catalogue",
       "did you mean \"GRP-CALL-03\"?"}}},
    {"by_reader/unreachable_rule.json",
     {{"5:59: /servers/primary/rules/1: this rule is never reached: \"deaf\"",
       "before it takes all that it matches"}}},
    {"by_reader/unspecified_address.json",
     {{"5:28: /servers/primary/address: found 0.0.0.0", "a device cannot send to that"}}},
    {"by_reader/window_upside_down.json",
     {{"11:64: /expect/0/max: the window ends before it begins", ""}}},
    {"by_reader/wrong_variant.json",
     {{"4:57: /variants/1/duration: found \"soon\"",
       "allowed is a number with its unit (us, ms, s, min or h), such as \"500ms\""}}},
    {"by_reader/zero_duration.json",
     {{"3:15: /duration: found \"0s\"; allowed is a duration greater than 0", ""}}},
    {"by_schema/algorithm_nobody_has.json",
     {{"7:75: /servers/primary/rules/0/challenge/algorithm/1: found \"SHA-1\"",
       "allowed is MD5, SHA-256 or SHA-512-256"}}},
    {"by_schema/bad_probability.json",
     {{"5:43: /servers/primary/rules/0/probability: found 20", "allowed is a number from 0 to 1"}}},
    {"by_schema/dial_without_number.json", {{"10:5: /timeline/1: \"number\" is missing", ""}}},
    {"by_schema/duration_as_number.json", {{"3:15: /duration: found 60", "did you mean \"60s\"?"}}},
    {"by_schema/duration_without_unit.json",
     {{"3:15: /duration: found \"60\"", "did you mean \"60s\"?"}}},
    {"by_schema/header_with_line_end.json",
     {{"5:76: /servers/primary/rules/0/reject/headers/Server: found a line end",
       "a header is one line"}}},
    {"by_schema/name_with_slash.json",
     {{"4:11: /name: found \"../elsewhere\"; allowed is text of 1 to 100 bytes", "`..`"}}},
    {"by_schema/profile_name_too_long.json",
     {{"2:11: /name: found \"xxxxx",
       "x…\"; allowed is text of 1 to 100 bytes without `/` and control characters; not `.` or "
       "`..`"}}},
    {"by_schema/variant_of_a_control_character.json",
     {{"4:25: /variants/0/name: found \"a\\x1b[31m\"; allowed is", "`..`"}}},
    {"by_schema/never_written_as_null.json",
     {{"5:39: /servers/primary/far_end/answer: found null",
       "allowed is a duration such as \"3s\", or \"never\""}}},
    {"by_schema/no_variants.json",
     {{"4:15: /variants: the list of variants is empty; leave it out", ""}}},
    {"by_schema/no_verb.json",
     {{"5:27: /servers/primary/rules/0: the rule does nothing",
       "it needs accept, drop, delay, reject, challenge, provisional or mute"}}},
    {"by_schema/not_an_object.json", {{"1:1: found an array; allowed is an object", ""}}},
    {"by_schema/notify_without_event.json",
     {{"7:65: /servers/primary/rules/0/accept/terminate: \"after\" is missing", ""},
      {"7:76: /servers/primary/rules/0/accept/terminate/reason: found \"tired\"",
       "allowed is deactivated, probation, rejected, timeout, giveup, noresource or invariant"},
      {"13:5: /timeline/1: \"event\" is missing", ""},
      {"14:62: /timeline/2/event: \"event\" belongs to \"do\": notify", ""}}},
    {"by_schema/number_without_dial.json",
     {{"10:45: /timeline/1/number: \"number\" belongs to \"do\": dial", ""}}},
    {"by_schema/unknown_variable_and_ending.json",
     {{"7:81: /servers/primary/rules/0/rewrite/headers/Contact: unknown variable ${contakt}",
       "did you mean \"contact\"?"},
      {"13:5: /timeline/1: \"method\" is missing", ""},
      {"14:73: /timeline/2/how: found \"rst\"; allowed is fin or reset", ""}}},
    {"by_schema/one_server_only.json", {{"4:14: /servers: \"primary\" is missing", ""}}},
    {"by_schema/no_device.json",
     {{"4:14: /devices: found 0", "allowed is a whole number from 1 to 10000"}}},
    {"by_schema/port_zero.json",
     {{"5:25: /servers/primary/port: found 0", "allowed is a whole number from 1 to 65535"}}},
    {"by_schema/profile_passcode_in_the_open.json",
     {{"4:25: /phone/passcode: a password must not stand in the file", "test, env or file"}}},
    {"by_schema/profile_plain_password.json",
     {{"4:27: /account/password: a password must not stand in the file", "test, env or file"}}},
    {"by_schema/profile_two_passwords.json",
     {{"4:27: /account/password: a password is given in one way: test, env or file", ""}}},
    {"by_schema/profile_unknown_kind.json",
     {{"3:11: /kind: found \"telephone\"", "allowed is reference, process, phone or external"}}},
    {"by_schema/profile_unknown_tolerance.json",
     {{"4:29: /tolerances/fograce: unknown key", "did you mean \"fo_grace\"?"}}},
    {"by_schema/rule_for_the_default_phase.json",
     {{"5:37: /servers/primary/rules/0/phase: a rule cannot be for the default phase only",
       "leave \"phase\" out and put the rules of other phases before it"}}},
    {"by_schema/several_errors.json",
     {{"3:15: /duration: found \"60\"", "did you mean \"60s\"?"},
      {"5:25: /servers/primary/prot: unknown key", "did you mean \"port\"?"},
      {"6:27: /servers/secondary/port: found 70000", "allowed is a whole number from 1 to 65535"},
      {"9:12: /timeline/0/at: found \"5 sec\"", "did you mean \"5s\"?"},
      {"10:25: /timeline/1/do: found \"dail\"", "did you mean \"dial\"?"},
      {"12:14: /expect/0: found \"GRP-CALL-3\", which is no requirement of the catalogue",
       "did you mean \"GRP-CALL-03\"?"}}},
    {"by_schema/step_with_two_times.json",
     {{"10:12: /timeline/1/at: a step has either \"at\" or \"after\"", ""}}},
    {"by_schema/step_without_time.json",
     {{"9:5: /timeline/0: the step has no time; it needs \"at\" or \"after\"", ""}}},
    {"by_schema/two_verbs.json",
     {{"5:51: /servers/primary/rules/0/delay: a rule does one thing",
       "this one has a second verb"}}},
    {"by_schema/unknown_action.json",
     {{"10:24: /timeline/1/do: found \"hangup\"", "did you mean \"hang_up\"?"}}},
    {"by_schema/unknown_anchor.json",
     {{"10:15: /timeline/1/after: found \"primary.register\"",
       "did you mean \"primary.registered\"?"}}},
    {"by_schema/unknown_key.json",
     {{"4:15: /timelime: unknown key", "did you mean \"timeline\"?"}}},
    {"by_schema/unknown_method.json",
     {{"5:38: /servers/primary/rules/0/method: found \"INVTE\"", "did you mean \"INVITE\"?"}}},
    {"by_schema/unknown_server.json",
     {{"9:43: /timeline/0/server: found \"pimary\"", "did you mean \"primary\"?"}}},
    {"by_schema/unknown_router.json",
     {{"5:56: /servers/primary/rules/0/accept/record_route/0: found \"lose\"",
       "did you mean \"loose\"?"}}},
    {"by_schema/wrong_unit.json",
     {{"10:12: /timeline/1/at: found \"5 sec\"", "did you mean \"5s\"?"}}},
};

std::vector<std::string> errors_in(const std::string& path) {
  std::vector<std::string> lines;
  if (is_profile(path)) {
    const Expected<Profile> profile = read_profile(text_of(path), "F");
    if (!profile) lines.push_back(profile.error().text());
    return lines;
  }
  const auto scenarios = read_scenarios(text_of(path), "F", check::requirement_ids);
  if (scenarios) return lines;
  for (const Error& error : scenarios.error()) lines.push_back(error.text());
  return lines;
}

TEST(RefusedFiles, name_the_place_what_was_found_and_what_is_allowed) {
  for (const RefusedFile& refused : refused_files) {
    SCOPED_TRACE(refused.file);
    const std::vector<std::string> errors =
        errors_in(source_path("tests/data/scenarios/" + std::string(refused.file)));
    ASSERT_EQ(errors.size(), refused.errors.size());
    for (std::size_t i = 0; i < errors.size(); ++i) {
      EXPECT_THAT(errors[i], testing::StartsWith("F:" + std::string(refused.errors[i].beginning)));
      EXPECT_THAT(errors[i], testing::EndsWith(std::string(refused.errors[i].end)));
    }
  }
}

TEST(RefusedFiles, are_all_in_this_table) {
  for (const std::string& path : json_files("tests/data/scenarios")) {
    const auto is_it = [&path](const RefusedFile& r) { return path.ends_with(r.file); };
    EXPECT_TRUE(std::any_of(refused_files.begin(), refused_files.end(), is_it)) << path;
  }
}

TEST(RefusedFiles, text_that_is_no_json_is_one_error) {
  const auto scenarios = read_scenarios("{\n  \"title\": }", "broken.json");
  ASSERT_FALSE(scenarios.has_value());
  ASSERT_EQ(scenarios.error().size(), 1U);
  EXPECT_EQ(scenarios.error()[0].place, "broken.json:2:12");
}

TEST(RefusedFiles, every_cut_of_a_scenario_is_refused_and_none_is_fatal) {
  const std::string whole = text_of(source_path("scenarios/primary_down.json"));
  const std::size_t end = whole.rfind('}');
  for (std::size_t length = 0; length <= end; length += 7)
    EXPECT_FALSE(read_scenarios(whole.substr(0, length), "cut.json").has_value()) << length;
}

TEST(RefusedFiles, values_of_a_wrong_kind_everywhere_are_refused_and_none_is_fatal) {
  const std::string whole = text_of(source_path("scenarios/primary_down.json"));
  for (const std::string_view wrong : {"7", "null", "[]", "{}", "true"}) {
    for (std::size_t colon = whole.find(": "); colon != std::string::npos;
         colon = whole.find(": ", colon + 1)) {
      if (whole[colon + 2] != '"') continue;
      const std::size_t quote = whole.find('"', colon + 3);
      std::string broken = whole;
      broken.replace(colon + 2, quote - colon - 1, wrong);
      EXPECT_FALSE(read_scenarios(broken, "wrong.json").has_value()) << broken.substr(colon, 40);
    }
  }
}

}  // namespace
}  // namespace sipharness::scenario
