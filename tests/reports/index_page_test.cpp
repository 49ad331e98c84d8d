#include "reports/index_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/reports/results.hpp"

namespace reports {
namespace {

using Parsed = nlohmann::json;
using sipharness::verdict::NotRun;
using testing::HasSubstr;
using testing::Not;

Parsed data_of_index(const std::string& page) {
  constexpr std::string_view before = R"(id="data">)";
  const std::size_t begin = page.find(before) + before.size();
  return Parsed::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

Result passed_run() {
  return result_of({finding("GRP-CALL-01", {instance(Verdict::pass, "the call went through")})});
}

TEST(IndexPage, says_of_each_run_what_it_came_to_and_where_its_page_is) {
  const Batch batch{
      .results = {passed_run(), result_of({finding("GRP-CALL-03", {late_fallback()})})},
      .not_run = {{"secondary_down", "port 5080 is taken", NotRun::Kind::could_not}}};
  const Parsed data = data_of_index(index_page(batch, {"a/report.html", "b/report.html"}));
  EXPECT_EQ(data["verdict"], "fail");
  ASSERT_EQ(data["runs"].size(), 3U);
  EXPECT_EQ(data["runs"][0]["verdict"], "pass");
  EXPECT_EQ(data["runs"][1]["page"], "b/report.html");
  EXPECT_THAT(data["runs"][1]["what"], HasSubstr("GRP-CALL-03"));
  EXPECT_EQ(data["runs"][1]["device"], "sipharness-ua/1");
  EXPECT_EQ(data["runs"][2]["verdict"], "did_not_run");
  EXPECT_EQ(data["runs"][2]["what"], "port 5080 is taken");
}

TEST(IndexPage, tells_runs_of_one_scenario_by_their_seeds) {
  Result other = passed_run();
  other.seed = 8;
  const Batch batch{.results = {passed_run(), other}};
  const Parsed runs = data_of_index(index_page(batch, {"a/report.html", "b/report.html"}))["runs"];
  EXPECT_EQ(runs[0]["name"], "primary_down, seed 7");
  EXPECT_EQ(runs[1]["name"], "primary_down, seed 8");
}

TEST(IndexPage, draws_how_the_intervals_of_repeated_runs_spread) {
  Batch batch;
  for (int run = 0; run < 1000; ++run) {
    Instance measured = instance(run % 10 == 0 ? Verdict::fail : Verdict::pass, "fallback");
    measured.measured = shared({.interval = std::chrono::milliseconds(32'000 + run),
                                .window = {.min = 500ms, .max = 32200ms}});
    batch.results.push_back(result_of({finding("GRP-CALL-03", {measured})}));
  }
  const Parsed data = data_of_index(index_page(batch, std::vector<std::string>(1000)));
  const Parsed& repeats = data["repeats"][0];
  EXPECT_EQ(repeats["passed"], 900);
  EXPECT_EQ(repeats["flaky"][0], "GRP-CALL-03: met in 900 runs and violated in 100");
  const Parsed& interval = repeats["intervals"][0];
  EXPECT_EQ(interval["count"], 1000);
  EXPECT_EQ(interval["values"].size(), 200U);
  EXPECT_EQ(interval["values"].back(), 32.999);
  EXPECT_EQ(interval["figures"], Parsed({32.0, 32.499, 32.949, 32.999}));
}

TEST(IndexPage, keeps_what_came_from_outside_as_data) {
  Result result = result_of({finding("GRP-CALL-03", {instance(Verdict::fail, hostile)})});
  result.title = "</script><script>alert(1)</script><!--";
  result.devices.front().user_agent = hostile;
  const std::string page = index_page(Batch{.results = {result}}, {"</script>/report.html"});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
  EXPECT_EQ(data_of_index(page)["runs"][0]["title"], result.title);
}

TEST(IndexPage, of_a_hundred_runs_stays_small) {
  Batch batch;
  batch.results.assign(100, result_of(one_of_each()));
  const std::vector<std::string> pages(100, "primary_down-20240101-000000/report.html");
  EXPECT_LT(index_page(batch, pages).size(), 300'000U);
}

}  // namespace
}  // namespace reports
