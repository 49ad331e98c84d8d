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
