#include "reports/html.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/ladder.hpp"
#include "reports/summary.hpp"
#include "tests/reports/results.hpp"
#include "tests/support/trace_builder.hpp"

namespace reports {
namespace {

using Parsed = nlohmann::json;
using sipharness::story::tell;
using sipharness::test_support::primary;
using sipharness::test_support::TraceBuilder;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const Result& result, const sipharness::trace::Trace& trace) {
  const auto story = tell(trace, {}, nullptr);
  return html({result, trace, story});
}

/// What stands between two texts of a page.
std::string between(const std::string& page, std::string_view before, std::string_view after) {
  const std::size_t begin = page.find(before) + before.size();
  return page.substr(begin, page.find(after, begin) - begin);
}

Parsed data_in(const std::string& page) {
  return Parsed::parse(between(page, R"(id="data">)", "</script>"));
}

class Html : public testing::Test {
 protected:
  Html() {
    builder_.healthy_registrations(0s, 60s);
    builder_.silent_invite(primary, 10s);
    builder_.ends(60s);
  }
  TraceBuilder builder_;
};

TEST_F(Html, lets_nothing_run_but_what_was_built_in) {
  const std::string page =
      page_of(result_of({finding("GRP-CALL-03", {late_fallback()})}), builder_.build());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
  EXPECT_THAT(page, Not(HasSubstr("http://www.w3.org/1999")));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST_F(Html, keeps_what_came_from_outside_as_data) {
  Result result = result_of({finding("GRP-CALL-03", {instance(Verdict::fail, hostile)})});
  result.notes = {"</script><script>alert(1)</script><!--"};
  const std::string page = page_of(result, builder_.build());
  EXPECT_THAT(between(page, R"(id="data">)", "</script>"), Not(HasSubstr("<")));
  EXPECT_EQ(data_in(page)["notes"][0], "</script><script>alert(1)</script><!--");
}

TEST_F(Html, counts_what_was_sent_again) {
  const Parsed ladder = data_in(page_of(result_of({}), builder_.build()))["ladder"];
  const auto number = std::ranges::find(ladder["columns"], "number") - ladder["columns"].begin();
  const auto is_copy = [number](const Parsed& entry) {
    return entry[0] == "message" && entry[static_cast<std::size_t>(number)] > 1;
  };
  EXPECT_EQ(std::ranges::count_if(ladder["entries"], is_copy), 6);
}

TEST_F(Html, says_once_what_many_devices_did_not_do) {
  Finding one = finding("GRP-CALL-03", {instance(Verdict::not_applicable, "not exercised")});
  Finding other = one;
  other.device = "phone-2";
  const Parsed findings = data_in(page_of(result_of({one, other}), builder_.build()))["findings"];
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["devices"], 2);
}

TEST_F(Html, draws_the_newest_of_a_run_that_goes_on_and_the_first_of_one_that_ended) {
  const auto trace = builder_.build();
  const LadderLimits few{3, 1'000'000, false, {}};
  const LadderLimits newest{3, 1'000'000, true, {}};
  const auto first = ladder_of(trace, few);
  const auto last = ladder_of(trace, newest);
  EXPECT_EQ(first.left_out, trace.messages.size() - 3);
  EXPECT_EQ(last.left_out, first.left_out);
  EXPECT_EQ(std::ranges::max(first.entries, {}, &LadderEntry::frame).frame, 3U);
  EXPECT_EQ(std::ranges::max(last.entries, {}, &LadderEntry::frame).frame,
            trace.messages.back().frame);
}

TEST_F(Html, keeps_so_much_text_of_messages) {
  const auto trace = builder_.build();
  const Ladder ladder = ladder_of(trace);
  const nlohmann::ordered_json small = ladder_json(ladder, 200);
  std::size_t size = 0;
  std::size_t left_out = 0;
  for (const auto& line : small["lines"]) {
    size += line.get<std::string>().size();
    left_out += line.get<std::string>().starts_with("(this line is not kept") ? 1U : 0U;
  }
  EXPECT_LT(size, 300U);
  EXPECT_EQ(left_out, 1U);
  EXPECT_EQ(small["entries"].size(), ladder.entries.size());
}

TEST_F(Html, has_so_many_lanes_of_others) {
  for (std::uint16_t port = 20'000; port < 20'200; ++port) {
    builder_.redirect(builder_.at(50s).from_device(primary).request("OPTIONS"), port);
  }
  EXPECT_LE(ladder_of(builder_.build()).lanes.size(), most_other_lanes + 4);
}

TEST_F(Html, is_drawn_as_text_too) {
  const std::string text = text_ladder(ladder_of(builder_.build()), 80);
  EXPECT_THAT(text, HasSubstr("|------REGISTER----->|"));
  EXPECT_THAT(text, HasSubstr("INVITE (1 of 7)"));
  EXPECT_THAT(text, HasSubstr("16.000 s of silence"));
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    EXPECT_LE(text.find('\n', begin) - begin, 80U);
}

TEST(Summary, tells_the_failure_that_weighs_most) {
  const Result result = result_of({finding("RFC3263-01", {instance(Verdict::warn, "no next")}),
                                   finding("RFC3261-GEN-02", {instance(Verdict::fail, "none")}),
                                   finding("GRP-CALL-03", {late_fallback()})});
  EXPECT_EQ(summary(result), "fallback: 40.000 s (expected 0.500 s to 32.200 s) (GRP-CALL-03)");
}

TEST(Summary, passes_over_what_only_follows) {
  Finding follows = finding("GRP-CALL-03", {late_fallback()});
  follows.follows_from = "RFC3261-GEN-02";
  EXPECT_EQ(
      summary(result_of({follows, finding("RFC3261-GEN-02", {instance(Verdict::fail, "none")})})),
      "none (RFC3261-GEN-02)");
}

TEST(Summary, says_how_much_a_pass_rests_on) {
  EXPECT_EQ(summary(result_of({finding("GRP-CALL-03", {instance(Verdict::pass, "in time")})})),
            "Nothing was broken of what was judged: 1 requirement holds.");
}

TEST(Summary, says_why_nothing_is_known) {
  Result result = result_of({});
  result.nothing_judged = "the capture holds no SIP";
  EXPECT_EQ(summary(result), "Nothing was judged: the capture holds no SIP");
}

}  // namespace
}  // namespace reports
