#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "reports/report.hpp"
#include "tests/reports/results.hpp"

namespace reports {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The XML of some results, read back.
class Junit : public testing::Test {
 protected:
  void write(const std::vector<Result>& results) {
    text_ = junit(Batch{results});
    const pugi::xml_parse_result read = document_.load_string(text_.c_str());
    ASSERT_TRUE(read) << read.description() << " in\n" << text_;
  }
  pugi::xml_node suite() const { return document_.child("testsuites").child("testsuite"); }
  pugi::xml_node test(const char* requirement) const {
    return suite().find_child_by_attribute("testcase", "name", requirement);
  }
  std::size_t tests_with(const char* element) const {
    std::size_t found = 0;
    for (const pugi::xml_node node : suite().children("testcase")) found += !!node.child(element);
    return found;
  }

  std::string text_;
  pugi::xml_document document_;
};

TEST_F(Junit, shows_a_run_without_a_whole_verdict_as_an_error_of_its_own) {
  Result whole;
  write({whole});
  EXPECT_FALSE(test("run"));
  Result stopped;
  stopped.stopped = "step 4: secondary.answered did not occur by 60s";
  write({stopped});
  EXPECT_THAT(test("run").child("error").attribute("message").value(), HasSubstr("step 4"));
  EXPECT_EQ(suite().attribute("errors").as_uint(), tests_with("error"));
  EXPECT_EQ(suite().attribute("tests").as_uint(), 1U);
}

TEST_F(Junit, counts_what_its_testcases_say) {
  for (const bool strict : {false, true}) {
    SCOPED_TRACE(strict);
    std::vector<Finding> findings = one_of_each();
    findings.push_back(finding("GRP-REG-01", {late_fallback()}));
    Result result = result_of(findings);
    result.strict = strict;
    write({result});
    EXPECT_STREQ(suite().attribute("name").value(), "primary_down");
    EXPECT_EQ(suite().attribute("tests").as_uint(), 5U);
    const auto cases = suite().children("testcase");
    EXPECT_EQ(std::distance(cases.begin(), cases.end()), 5);
    EXPECT_EQ(suite().attribute("failures").as_uint(), tests_with("failure"));
    EXPECT_EQ(suite().attribute("errors").as_uint(), tests_with("error"));
    EXPECT_EQ(suite().attribute("skipped").as_uint(), tests_with("skipped"));
    EXPECT_EQ(tests_with("failure"), strict ? 3U : 2U);
    EXPECT_EQ(tests_with("error"), 1U);
    EXPECT_EQ(tests_with("skipped"), 0U) << "only what was judged stands there";
  }
}

TEST_F(Junit, has_an_outcome_for_each_verdict) {
  struct Case {
    const char* requirement;
    const char* element;
  };
  write({result_of(one_of_each())});
  for (const Case& c : {Case{"GRP-CALL-03", "failure"}, Case{"GRP-CALL-04", "error"},
                        Case{"FO-NODUP", "system-out"}}) {
    SCOPED_TRACE(c.requirement);
    EXPECT_STREQ(test(c.requirement).first_child().name(), c.element);
    EXPECT_FALSE(test(c.requirement).first_child().next_sibling());
  }
  EXPECT_TRUE(test("GRP-CALL-01"));
  EXPECT_FALSE(test("GRP-CALL-01").first_child()) << "passed, without a word";
}

TEST_F(Junit, leaves_out_what_nothing_exercised_and_what_passed_beside_the_scenario) {
  Result result = result_of(one_of_each());
  result.expected = {"GRP-CALL-05"};
  write({result});
  EXPECT_FALSE(test("GRP-CALL-01")) << "passed, and the scenario does not name it";
  EXPECT_FALSE(test("GRP-CALL-05")) << "not applicable";
  EXPECT_TRUE(test("GRP-CALL-03")) << "failed";
}

TEST_F(Junit, says_which_phone_was_judged_when_and_for_how_long) {
  Result result = result_of({});
  result.harness = "0.1.0";
  result.started = sipharness::CaptureTime(1'704'067'200s);
  result.length = 210s;
  result.devices.front().mac = "c074ad0d1234";
  write({result});
  EXPECT_STREQ(suite().attribute("time").value(), "210.000");
  EXPECT_STREQ(suite().attribute("timestamp").value(), "2024-01-01T00:00:00");
  for (const char* property :
       {"name=\"phone.mac\" value=\"c074ad0d1234\"",
        "name=\"phone.user_agent\" value=\"sipharness-ua/1\"", "name=\"harness\" value=\"0.1.0\""})
    EXPECT_THAT(text_, HasSubstr(property));
}

TEST_F(Junit, has_an_error_for_what_could_not_run_and_skips_what_nobody_wanted_to) {
  Batch batch;
  batch.not_run = {{"a", "no such interface"},
                   {"b", "interrupted", sipharness::verdict::NotRun::Kind::cut_short}};
  text_ = junit(batch);
  ASSERT_TRUE(document_.load_string(text_.c_str()));
  EXPECT_TRUE(suite().child("testcase").child("error"));
  EXPECT_TRUE(suite().next_sibling().child("testcase").child("skipped"));
  EXPECT_EQ(document_.child("testsuites").attribute("errors").as_uint(), 1U);
}

TEST_F(Junit, makes_a_warning_a_failure_when_strict) {
  Result result = result_of({finding("FO-NODUP", {instance(Verdict::warn, "two calls at once")})});
  result.strict = true;
  write({result});
  EXPECT_STREQ(test("FO-NODUP").child("failure").attribute("message").value(), "two calls at once");
  EXPECT_FALSE(test("FO-NODUP").child("system-out"));
}

TEST_F(Junit, tells_of_every_instance_with_its_frames) {
  write({result_of(
      {finding("GRP-CALL-03", {late_fallback(), instance(Verdict::pass, "the second call")})})});
  const pugi::xml_node failure = test("GRP-CALL-03").child("failure");
  EXPECT_THAT(failure.attribute("message").value(), HasSubstr("fallback: 40.000 s"));
  EXPECT_THAT(failure.text().get(), HasSubstr("(frames 41, 55)"));
  EXPECT_THAT(failure.text().get(), HasSubstr("pass: the second call"));
  EXPECT_STREQ(test("GRP-CALL-03").attribute("classname").value(), "primary_down.phone");
}

TEST_F(Junit, has_a_testsuite_for_each_run) {
  Result other = result_of({});
  other.variant = "b";
  write({result_of(one_of_each()), other});
  const pugi::xml_node second = suite().next_sibling("testsuite");
  EXPECT_STREQ(second.attribute("name").value(), "primary_down/b");
  EXPECT_EQ(second.attribute("tests").as_int(-1), 0);
  EXPECT_FALSE(second.next_sibling());
}

TEST_F(Junit, tells_runs_of_one_scenario_apart_by_their_seeds) {
  std::vector<Result> results(3, result_of(one_of_each()));
  results[0].seed = 0;
  results[1].seed = 1;
  results[2].variant = "b";
  write(results);
  std::vector<std::string> names;
  for (const auto& one : document_.child("testsuites").children("testsuite"))
    names.emplace_back(one.attribute("name").value());
  EXPECT_THAT(names, testing::ElementsAre("primary_down (seed 0)", "primary_down (seed 1)",
                                          "primary_down/b"));
  EXPECT_STREQ(test("GRP-CALL-03").attribute("classname").value(), "primary_down (seed 0).phone");
}

TEST_F(Junit, tells_of_a_run_in_which_nothing_was_judged) {
  Result result = result_of({});
  result.nothing_judged = "no SIP message in 2 frames";
  result.messages = {.seen = 4, .judged = 3, .left_out = {{1, "captured twice"}}};
  write({result});
  EXPECT_STREQ(suite().attribute("errors").value(), "1");
  EXPECT_THAT(text_, HasSubstr("nothing was judged: no SIP message in 2 frames"));
  EXPECT_THAT(text_, HasSubstr("name=\"sip_messages.seen\" value=\"4\""));
  EXPECT_THAT(text_, HasSubstr("value=\"1: captured twice\""));
}

TEST_F(Junit, a_run_that_does_not_exercise_what_was_named_is_no_error_beside_one_that_does) {
  Result aside = result_of({});
  aside.rows_named = true;
  aside.nothing_judged = "none of the 1 requirements named was exercised";
  write({aside, result_of(one_of_each())});
  EXPECT_STREQ(suite().attribute("errors").value(), "0");
  write({aside});
  EXPECT_STREQ(suite().attribute("errors").value(), "1");
}

TEST_F(Junit, is_not_broken_by_what_a_device_sends) {
  Result result = result_of({finding("GRP-CALL-03", {instance(Verdict::fail, hostile)})});
  result.scenario = hostile;
  result.findings.front().device = hostile;
  write({result});
  EXPECT_THAT(test("GRP-CALL-03").child("failure").text().get(), HasSubstr("\"'\\<&>]]>"));
  for (const char* forbidden :
       {"\x1b", "\x07", "\x7f", "\xff", "\xc2\x9b", "\xef\xbf\xbf", "&#27;"})
    EXPECT_THAT(text_, Not(HasSubstr(forbidden)));
}

}  // namespace
}  // namespace reports
