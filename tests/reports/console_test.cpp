#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "reports/report.hpp"
#include "tests/reports/results.hpp"

namespace reports {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t occurrences(std::string_view text, std::string_view of) {
  std::size_t found = 0;
  for (auto at = text.find(of); at != std::string_view::npos; at = text.find(of, at + 1)) ++found;
  return found;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// A control character that is not the end of a line.
bool has_raw_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  });
}

TEST(Console, begins_with_the_verdict) {
  struct Case {
    std::string_view name;
    std::vector<Finding> findings;
    std::string line;
  };
  const std::vector<Case> cases{
      {"passed",
       {finding("GRP-CALL-01", {instance(Verdict::pass, "fine")})},
       "PASS  primary_down  (virtual clock, seed 7)  1 passed, 0 failed"},
      {"warned",
       {finding("FO-NODUP", {instance(Verdict::warn, "twice")})},
       "PASS  primary_down  (virtual clock, seed 7)  0 passed, 1 warning, 0 failed"},
      {"inconclusive",
       {finding("GRP-CALL-04", {instance(Verdict::inconclusive, "no call")})},
       "INCONCLUSIVE  primary_down  (virtual clock, seed 7)  0 passed, 0 failed, 1 inconclusive"},
      {"one of each", one_of_each(),
       "FAIL  primary_down  (virtual clock, seed 7)  1 passed, 1 warning, 1 failed, "
       "1 inconclusive, 1 info, 1 not applicable"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(first_line(console(result_of(c.findings), {})), c.line);
  }
}

TEST(Console, names_the_capture_where_there_is_no_scenario) {
  Result result = result_of({});
  result.scenario.clear();
  result.clock.clear();
  EXPECT_EQ(first_line(console(result, {})), "PASS  capture.pcap  0 passed, 0 failed");
}

TEST(Console, that_is_quiet_is_the_verdict_line_alone) {
  Result result = result_of(one_of_each());
  result.interrupted = true;
  result.capture.faults = {"12 frames were dropped"};
  const std::string text = console(result, {.quiet = true, .folder = "runs/latest"});
  EXPECT_THAT(text, StartsWith("FAIL  primary_down"));
  EXPECT_EQ(text, first_line(text) + "\n");
  EXPECT_EQ(first_line(text), first_line(console(result, {})));
}

TEST(Console, is_coloured_only_when_asked) {
  const Result result = result_of(one_of_each());
  EXPECT_THAT(console(result, {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(console(result, {.colour = true}), HasSubstr("\x1b["));
  EXPECT_THAT(console(result, {.colour = true, .quiet = true}), HasSubstr("\x1b["));
}

TEST(Console, shows_of_a_failure_what_was_expected_and_measured_and_where) {
  const std::string text = console(result_of({finding("GRP-CALL-03", {late_fallback()})}), {});
  const auto* requirement = sipharness::check::find_requirement("GRP-CALL-03");
  EXPECT_THAT(text, HasSubstr("\n  FAIL  GRP-CALL-03  " + std::string(requirement->sentence)));
  EXPECT_THAT(text, HasSubstr("[" + std::string(requirement->clause) + "]"));
  EXPECT_THAT(text, HasSubstr("fallback: 40.000 s (expected 0.500 s to 32.200 s)"));
  EXPECT_THAT(text, HasSubstr("margin -7.800 s · tolerance 0.200 s (profile reference: fo_grace)"));
  EXPECT_THAT(text, HasSubstr("frames 41, 55"));
  EXPECT_THAT(text, HasSubstr("Call-ID abc@phone"));
}

TEST(Console, says_whose_doing_an_inconclusive_is) {
  Instance inconclusive = instance(Verdict::inconclusive, "fallback: 32.100 s");
  inconclusive.reason = "the host was 0.3 s late";
  inconclusive.blame = Blame::host;
  const std::string text = console(result_of({finding("GRP-CALL-03", {inconclusive})}), {});
  EXPECT_THAT(text, HasSubstr("the host was 0.3 s late · blame: host"));
}

TEST(Console, shows_no_more_than_five_instances_in_full) {
  struct Case {
    std::size_t failed;
    std::size_t shown;
    std::size_t more;
  };
  for (const Case& c : {Case{1, 1, 0}, Case{5, 5, 0}, Case{6, 5, 1}, Case{40, 5, 35}}) {
    SCOPED_TRACE(c.failed);
    std::vector<Instance> instances(c.failed, late_fallback());
    instances.push_back(instance(Verdict::pass, "the one that was fine"));
    const std::string text = console(result_of({finding("GRP-CALL-03", instances)}), {});
    EXPECT_EQ(occurrences(text, "fallback: 40.000 s"), c.shown);
    EXPECT_THAT(text, Not(HasSubstr("the one that was fine")));
    const std::string rest = "… and " + std::to_string(c.more) + " more like this";
    EXPECT_EQ(occurrences(text, rest), c.more == 0 ? 0U : 1U);
  }
}

TEST(Console, folds_what_follows_under_what_it_follows_from) {
  Finding repeated = finding("RFC3261-GEN-02", {instance(Verdict::fail, "INVITE without it")});
  repeated.follows_from = "RFC3261-GEN-01";
  const std::string text =
      console(result_of({finding("RFC3261-GEN-01", {instance(Verdict::fail, "INVITE without one")}),
                         repeated}),
              {});
  EXPECT_THAT(first_line(text), HasSubstr("2 failed"));
  EXPECT_THAT(text, HasSubstr("fail of RFC3261-GEN-02 follows from it: INVITE without it"));
  EXPECT_EQ(occurrences(text, "FAIL  RFC3261-GEN"), 1);
}

TEST(Console, tells_the_worst_first) {
  const std::string text = console(result_of(one_of_each()), {.verbose = true});
  std::size_t last = 0;
  for (const std::string_view part :
       {"GRP-CALL-03", "GRP-CALL-04", "FO-NODUP", "Passed\n    GRP-CALL-01",
        "For information\n    FO-DET-REG", "Not exercised\n    GRP-CALL-05",
        "Capture  84 frames, 80 SIP messages, complete, simulated"}) {
    const std::size_t at = text.find(part);
    ASSERT_NE(at, std::string::npos) << part;
    EXPECT_GT(at, last) << part;
    last = at;
  }
}

TEST(Console, counts_what_was_not_wrong) {
  const std::string text = console(result_of(one_of_each()), {.folder = "runs/a"});
  EXPECT_THAT(text, HasSubstr("\n  1 passed, 1 for information, 1 not exercised (--verbose lists"));
  EXPECT_THAT(text, Not(HasSubstr("the call went through")));
  EXPECT_THAT(text, HasSubstr("  Frame    wireshark -r runs/a/capture.pcap -g 41\n"));
  EXPECT_THAT(console(result_of({}), {.folder = "runs/a"}), Not(HasSubstr("wireshark")));
}

TEST(Console, keeps_what_was_not_exercised_within_the_width) {
  std::vector<Finding> findings;
  for (const auto* requirement : sipharness::check::requirements())
    findings.push_back({requirement, "phone", {instance(Verdict::not_applicable, "no")}});
  const std::string text = console(result_of(findings), {.verbose = true, .width = 60});
  const std::size_t list = text.find("Not exercised\n");
  ASSERT_NE(list, std::string::npos);
  std::istringstream lines(text.substr(list, text.find("\n\n", list) - list));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 60U) << line;
  for (const auto* requirement : sipharness::check::requirements())
    EXPECT_THAT(text, HasSubstr(requirement->id));
}

TEST(Console, names_the_device_where_there_are_several) {
  Result result = result_of(one_of_each());
  EXPECT_THAT(console(result, {}), Not(HasSubstr("(phone)")));
  result.devices.push_back({"phone-2", "external", "any phone", ""});
  const std::string text = console(result, {.verbose = true});
  EXPECT_THAT(text, HasSubstr("FAIL  GRP-CALL-03 (phone)"));
  EXPECT_THAT(text, HasSubstr("    GRP-CALL-01 (phone)"));
}

TEST(Console, tells_of_a_crowd_in_one_line_a_requirement) {
  Result result = result_of({});
  result.devices.clear();
  for (int number = 1; number <= 50; ++number)
    result.devices.push_back({fmt::format("phone-{}", number), "reference", "reference", ""});
  const auto add = [&](std::string_view requirement, std::size_t devices, Verdict verdict) {
    for (std::size_t i = 0; i < devices; ++i) {
      result.findings.push_back(finding(requirement, {instance(verdict, "as it was seen")}));
      result.findings.back().device = result.devices[i].name;
    }
  };
  add("GRP-CALL-01", 50, Verdict::pass);
  add("GRP-CALL-03", 7, Verdict::fail);
  add("GRP-CALL-04", 50, Verdict::not_applicable);
  add("GRP-CALL-05", 49, Verdict::not_applicable);
  const std::string text = console(result, {.verbose = true});
  EXPECT_THAT(
      text, HasSubstr("    GRP-CALL-01 (all 50 devices) phone-1: as it was seen (and 49 more)\n"));
  EXPECT_THAT(text, HasSubstr("FAIL  GRP-CALL-03 (7 of 50 devices)"));
  EXPECT_THAT(text, HasSubstr("phone-5: as it was seen\n        … and 2 more devices like this\n"));
  EXPECT_THAT(text, HasSubstr("    GRP-CALL-04, GRP-CALL-05 (49 of 50 devices)\n"));
  for (const std::string_view id : {"GRP-CALL-01", "GRP-CALL-03", "GRP-CALL-04", "GRP-CALL-05"})
    EXPECT_EQ(occurrences(text, id), 1U) << id;
}

TEST(Console, says_what_was_seen_and_what_was_judged) {
  Result result = result_of({});
  result.nothing_judged = "no SIP message in 84 frames";
  result.messages = {.seen = 80, .judged = 70, .left_out = {{10, "captured twice (SPAN port)"}}};
  result.capture.keep_alives = 3;
  result.capture.remarks = {"2 frames stood out of order"};
  const std::string text = console(result, {});
  EXPECT_THAT(text, StartsWith("INCONCLUSIVE"));
  for (const std::string_view part :
       {"nothing was judged: no SIP message in 84 frames (blame: user)",
        "70 of 80 SIP messages judged", "10 left out: captured twice (SPAN port)", "3 keep-alives",
        "2 frames stood out of order"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(Console, tells_a_run_apart_that_does_not_exercise_what_was_named) {
  Result result = result_of({});
  result.rows_named = true;
  result.nothing_judged = "none of the 2 requirements named was exercised";
  EXPECT_THAT(console(result, {.quiet = true, .one_of_several = true}),
              StartsWith("NOT EXERCISED"));
  EXPECT_THAT(console(result, {.quiet = true}), StartsWith("INCONCLUSIVE"));
}

TEST(Console, says_what_was_wrong_with_the_run_and_its_capture) {
  Result result = result_of({});
  result.interrupted = true;
  result.stopped = "step 3: primary.answered did not occur by 40s";
  result.notes = {"calls.json:7:5: the rule \"never\" of primary never matched"};
  result.capture.health = "incomplete";
  result.capture.note = "live capture was not possible: no permission";
  result.capture.faults = {"12 frames were dropped"};
  const std::string text = console(result, {.folder = "runs/primary_down-1"});
  EXPECT_THAT(text, StartsWith("INCONCLUSIVE"));
  EXPECT_THAT(text, HasSubstr("interrupted: judged as far as it was seen"));
  EXPECT_THAT(text, HasSubstr("timeline stopped at step 3: primary.answered did not occur by 40s"));
  EXPECT_THAT(text, HasSubstr("note: calls.json:7:5: the rule"));
  EXPECT_THAT(text, HasSubstr("incomplete"));
  EXPECT_THAT(text, HasSubstr("live capture was not possible: no permission"));
  EXPECT_THAT(text, HasSubstr("12 frames were dropped"));
  EXPECT_THAT(text, HasSubstr("Report   runs/primary_down-1/report.html"));
}

TEST(Console, lets_nothing_of_a_device_reach_the_terminal_raw) {
  Instance bad = late_fallback();
  bad.message = hostile;
  bad.reason = "because " + hostile;
  bad.scope.call_id = hostile;
  Result result = result_of(
      {finding("GRP-CALL-03", {bad}), finding("GRP-CALL-01", {instance(Verdict::pass, hostile)})});
  result.scenario = result.title = result.capture.note = hostile;
  result.capture.faults = {hostile};
  result.devices.push_back({hostile, "external", "any phone", hostile});
  result.findings.front().device = hostile;
  const std::string text = console(result, {.verbose = true, .folder = hostile});
  EXPECT_FALSE(has_raw_control(text));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b"))) << "the C1 form of an escape sequence";
  EXPECT_THAT(text, HasSubstr("\\x1b[31m"));
}

TEST(Console, tells_of_a_late_host_only_where_that_took_a_verdict_away) {
  Instance late = instance(Verdict::inconclusive, "an interval");
  late.blame = Blame::host;
  late.measured = shared({.interval = 1s});
  late.reason = "the host was late";
  Result result = result_of({finding("GRP-CALL-01", {late})});
  result.lag = {.worst = 40ms, .at = 3s};
  EXPECT_THAT(console(result, {}), HasSubstr("this host was up to 0.0400 s late"));
  result.capture.faults = {"the capture's clock stepped"};
  late.reason = result.capture.faults.front();
  result.findings = {finding("GRP-CALL-01", {late})};
  EXPECT_THAT(console(result, {}), Not(HasSubstr("this host was")));
}

}  // namespace
}  // namespace reports
