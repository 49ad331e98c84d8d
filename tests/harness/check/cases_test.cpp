// Runs every case, and holds that every judged requirement has one it passes, one it violates and
// one it cannot decide, that each case holds its reason, and that another phone changes nothing.

#include <cctype>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace {

class CheckCase : public testing::TestWithParam<Case> {};

TEST_P(CheckCase, is_judged_as_expected) {
  const Case& one = GetParam();
  const verdict::Instance worst = judge(one).worst();
  const std::string reason = worst.reason.value_or(worst.message);
  EXPECT_EQ(to_string(worst.verdict), to_string(one.expected.verdict)) << reason;
  if (one.expected.words.empty()) return;
  EXPECT_NE(reason.find(one.expected.words), std::string::npos) << reason;
  EXPECT_EQ(worst.frames, one.expected.frames) << reason;
}

std::string test_name(const testing::TestParamInfo<Case>& info) {
  std::string name(info.param.requirement);
  name += '_';
  name += info.param.name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, CheckCase, testing::ValuesIn(all_cases()), test_name);

TEST(CheckCases, hold_the_reason_of_every_verdict_but_a_pass) {
  for (const Case& one : all_cases())
    EXPECT_EQ(one.expected.words.empty(), one.expected.verdict == Verdict::pass)
        << one.requirement << ": " << one.name;
}

TEST(CheckCases, cover_every_requirement_with_pass_violation_and_inconclusive) {
  std::map<std::string_view, std::set<std::string_view>> kinds;
  for (const Case& one : all_cases()) {
    const bool violated =
        one.expected.verdict == Verdict::fail || one.expected.verdict == Verdict::warn;
    kinds[one.requirement].insert(violated ? "violated" : to_string(one.expected.verdict));
  }
  using Kinds = std::vector<std::string_view>;
  for (const check::Rule& rule : check::rules()) {
    const bool recorded = rule.row.severity == verdict::Severity::info;
    for (const std::string_view kind :
         recorded ? Kinds{"info", "inconclusive"} : Kinds{"pass", "violated", "inconclusive"})
      EXPECT_TRUE(kinds[rule.row.id].contains(kind))
          << rule.row.id << " has no case that is " << kind;
  }
}

/// Rule (i) of the catalogue's §0.2.
TEST(CheckCases, blame_the_user_for_an_action_that_was_not_delivered) {
  const auto judged = [](std::string what) {
    return judge({"lost", "GRP-CALL-01", Verdict::inconclusive, [what](Setting setting) {
                    setting.trace.healthy_registrations(0s, 120s);
                    setting.trace.at(20s).action("dial", "1002", false);
                    if (!what.empty())
                      setting.trace.at(21s).entry(journal::Reported{"phone", "dial", false, what});
                    setting.trace.ends(60s);
                  }});
  };
  const verdict::Finding by_person = judged("operator: no terminal");
  EXPECT_EQ(by_person.verdict(), Verdict::inconclusive);
  EXPECT_EQ(by_person.worst().blame, verdict::Blame::user);
  EXPECT_NE(by_person.worst().message.find("operator: no terminal"), std::string::npos)
      << by_person.worst().message;
  EXPECT_EQ(judged({}).worst().blame, verdict::Blame::user);
}

TEST(CheckCases, blame_the_device_for_what_it_did_not_do_in_a_run_that_was_played) {
  const auto blamed = [](const std::function<void(TraceBuilder&)>& bend) {
    return *judge({"not_exercised", "RFC3261-CANCEL-02", Verdict::inconclusive,
                   [bend](Setting setting) {
                     setting.trace.healthy_registrations(0s, 120s);
                     bend(setting.trace);
                     setting.trace.ends(60s);
                   }})
                .worst()
                .blame;
  };
  EXPECT_EQ(blamed([](TraceBuilder&) {}), verdict::Blame::device);
  EXPECT_EQ(blamed([](TraceBuilder& trace) { trace.without_end(); }), verdict::Blame::host);
  EXPECT_EQ(blamed([](TraceBuilder& trace) { trace.without_journal(); }), verdict::Blame::user);
}

/// But for what stands in a message, and for intervals, which have a margin of their own.
TEST(CheckCases, violate_nothing_where_the_host_stood_still) {
  std::size_t violations = 0;
  std::size_t excused = 0;
  for (Case one : all_cases()) {
    const bool is_violated =
        one.expected.verdict == Verdict::fail || one.expected.verdict == Verdict::warn;
    if (!is_violated) continue;
    const auto write = one.write;
    one.write = [write](Setting setting) {
      write(setting);
      setting.trace.at(1h).entry(journal::Lag{1h});
    };
    const verdict::Instance worst = judge(one).worst();
    if (worst.measured) continue;
    ++violations;
    excused += worst.blame == verdict::Blame::host ? 1U : 0U;
  }
  EXPECT_GT(3 * excused, 2 * violations) << excused << " of " << violations;
}

TEST(CheckCases, become_inconclusive_when_the_capture_has_holes) {
  for (Case one : all_cases()) {
    if (one.expected.verdict == Verdict::not_applicable || one.expected.verdict == Verdict::info)
      continue;
    const auto write = one.write;
    one.write = [write](Setting setting) {
      write(setting);
      setting.trace.fault("frame 9: cut");
    };
    EXPECT_EQ(judge(one).verdict(), Verdict::inconclusive) << one.requirement << ": " << one.name;
  }
}

/// A finding as text, without its device: `packets` stand for its frames, which another phone
/// shifts, and no frame number stands in its messages.
std::string text_of(const verdict::Finding& finding,
                    const std::map<std::uint32_t, std::size_t>& packets) {
  static const std::regex frame_number("frame [0-9]+");
  std::string text;
  for (const verdict::Instance& one : finding.instances) {
    text += fmt::format("{}: {} [", to_string(one.verdict),
                        std::regex_replace(one.message, frame_number, "frame"));
    for (const std::uint32_t frame : one.frames) text += fmt::format(" {}", packets.at(frame));
    text += " ]\n";
  }
  return text;
}

/// Which packet of the builder each frame is.
std::map<std::uint32_t, std::size_t> packets_by_frame(const TraceBuilder& trace) {
  std::map<std::uint32_t, std::size_t> packets;
  for (std::size_t packet = 0; packet < trace.packets(); ++packet)
    packets[trace.frame(packet)] = packet;
  return packets;
}

TEST(CheckCases, are_judged_alike_beside_another_phone) {
  for (Case one : all_cases()) {
    TraceBuilder alone;
    const verdict::Finding expected = judge(one, alone);
    const auto write = one.write;
    one.write = [write](Setting setting) {
      write(setting);
      setting.trace.bystander(1s);
    };
    TraceBuilder both;
    const verdict::Finding finding = judge(one, both);
    if (finding.device == "phone") continue;  // it asks for nothing, so the other is the only phone
    EXPECT_EQ(text_of(finding, packets_by_frame(both)), text_of(expected, packets_by_frame(alone)))
        << one.requirement << ": " << one.name;
  }
}

}  // namespace
}  // namespace sipharness::check_tests
