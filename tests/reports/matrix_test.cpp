#include "reports/matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/comparison.hpp"
#include "tests/reports/results.hpp"

namespace reports {
namespace {

using sipharness::campaign::Matrix;
using sipharness::campaign::MatrixBuilder;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Result named_run(const std::string& scenario, std::vector<Finding> findings) {
  Result result = result_of(std::move(findings));
  result.scenario = scenario;
  return result;
}

Matrix small_matrix() {
  MatrixBuilder builder;
  const auto good = finding("GRP-CALL-03", {instance(Verdict::pass, "fell back")});
  builder.add(named_run("primary_down", {good}), "1.0.5", "a/report.html");
  builder.add(named_run("primary_down", {finding("GRP-CALL-03", {late_fallback()})}), "1.0.6",
              "b/report.html");
  builder.add(named_run("primary_down", {good}), "1.0.6", "c/report.html");
  return std::move(builder).build();
}

TEST(Matrix, is_told_on_a_terminal) {
  EXPECT_THAT(console(small_matrix()),
              AllOf(HasSubstr("A   1.0.5: 1 scenario, 1 passed, 0 failed\n"),
                    HasSubstr("B   1.0.6: 1 scenario, 0 passed, 1 failed (1 flaky)\n"),
                    HasSubstr("GRP-CALL-03                                 PASS              "
                              "        FAIL 1 of 2, flaky\n")));
}

TEST(Matrix, is_two_tables_of_markdown) {
  EXPECT_THAT(
      markdown(small_matrix()),
      AllOf(HasSubstr("| scenario | 1\\.0\\.5 | 1\\.0\\.6 |\n|---|---|---|\n"),
            HasSubstr("| GRP\\-CALL\\-03 | PASS | **FAIL 1 of 2, flaky** (\\-7\\.800 s) |")));
}

TEST(Matrix, keeps_hostile_names_as_data) {
  MatrixBuilder builder;
  const std::string script = "</script><script>alert(1)</script><!--";
  Result result = named_run(script, {finding("GRP-CALL-03", {instance(Verdict::fail, script)})});
  result.devices.front().user_agent = hostile + script;
  builder.add(result, "", "</script>/report.html");
  const Matrix matrix = std::move(builder).build();
  EXPECT_THAT(matrix_page(matrix),
              AllOf(Not(HasSubstr("<script>alert")), Not(HasSubstr("unsafe-inline"))));
  EXPECT_THAT(console(matrix), Not(HasSubstr("\x1b")));
  EXPECT_THAT(markdown(matrix), AllOf(Not(HasSubstr("<script>")), Not(HasSubstr("\x1b"))));
  const Batch batch{.results = {result}};
  EXPECT_THAT(comparison_page(sipharness::campaign::compare({}, batch)),
              AllOf(Not(HasSubstr("<script>alert")), Not(HasSubstr("unsafe-inline"))));
}

TEST(Matrix, of_a_hundred_scenarios_and_fifty_firmwares_stays_small) {
  MatrixBuilder builder;
  for (int scenario = 0; scenario < 100; ++scenario)
    for (int firmware = 0; firmware < 50; ++firmware)
      builder.add(named_run("scenario_" + std::to_string(scenario), one_of_each()),
                  "firmware " + std::to_string(firmware),
                  "runs/some_scenario-20240101/report.html");
  EXPECT_LT(matrix_page(std::move(builder).build()).size(), 3'000'000U);
}

}  // namespace
}  // namespace reports
