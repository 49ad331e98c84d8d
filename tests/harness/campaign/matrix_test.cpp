#include "harness/campaign/matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;
using testing::ElementsAre;
using testing::IsEmpty;

Finding judged(std::string_view requirement, Verdict verdict, std::optional<Duration> margin = {},
               std::string device = "phone") {
  Instance instance;
  instance.verdict = verdict;
  instance.message = "said";
  instance.measured = shared({.margin = margin});
  return {check::find_requirement(requirement), std::move(device), {std::move(instance)}};
}

Result run_with(std::vector<Finding> findings, std::string scenario = "primary_down",
                std::string user_agent = "UA 1") {
  Result result;
  result.scenario = std::move(scenario);
  result.devices = {{.name = "phone",
                     .kind = "external",
                     .profile = "external",
                     .user_agent = std::move(user_agent)}};
  result.findings = std::move(findings);
  return result;
}

Matrix matrix_of(const std::vector<Result>& results) {
  MatrixBuilder builder;
  for (const Result& result : results) builder.add(result, "", "page.html");
  return std::move(builder).build();
}

std::vector<std::string> names_of(const std::vector<Line>& lines) {
  std::vector<std::string> names;
  for (const Line& line : lines) names.push_back(line.name);
  return names;
}

TEST(Matrix, has_a_column_for_each_firmware_and_a_row_for_what_was_judged) {
  const Matrix matrix = matrix_of(
      {run_with({judged("GRP-CALL-04", Verdict::pass), judged("GRP-CALL-03", Verdict::fail)}),
       run_with(
           {judged("GRP-CALL-03", Verdict::pass), judged("GRP-CALL-05", Verdict::not_applicable)},
           "guide", "UA 2")});
  EXPECT_THAT(matrix.firmwares, ElementsAre("UA 1", "UA 2"));
  EXPECT_THAT(names_of(matrix.scenarios), ElementsAre("guide", "primary_down"));
  EXPECT_THAT(names_of(matrix.requirements), ElementsAre("GRP-CALL-03", "GRP-CALL-04"));
  EXPECT_EQ(matrix.scenarios[1].cells[0].verdict, Verdict::fail);
  EXPECT_EQ(matrix.scenarios[1].cells[0].evidence.front().requirement, "GRP-CALL-03");
  EXPECT_EQ(matrix.scenarios[1].cells[1].runs, 0U);
  EXPECT_EQ(matrix.requirements[0].cells[1].verdict, Verdict::pass);
}

TEST(Matrix, tells_the_worst_run_and_the_worst_margin) {
  const Matrix matrix = matrix_of({run_with({judged("GRP-CALL-03", Verdict::pass, 2s)}),
                                   run_with({judged("GRP-CALL-03", Verdict::inconclusive, -9s)}),
                                   run_with({judged("GRP-CALL-03", Verdict::pass, 1s)})});
  const Cell& cell = matrix.requirements[0].cells[0];
  EXPECT_EQ(cell.verdict, Verdict::inconclusive);
  EXPECT_EQ(cell.runs, 3U);
  EXPECT_EQ(cell.passed, 2U);
  EXPECT_EQ(cell.margin, 1s);
  EXPECT_FALSE(cell.is_flaky);
  EXPECT_EQ(cell.evidence.front().run, 1U);
  EXPECT_EQ(cell.evidence.back().run, 0U);
}

TEST(Matrix, calls_flaky_what_passes_and_fails_in_one_scenario) {
  const auto passes = judged("GRP-CALL-03", Verdict::pass);
  const auto fails = judged("GRP-CALL-03", Verdict::fail);
  EXPECT_TRUE(matrix_of({run_with({passes}), run_with({fails})}).requirements[0].cells[0].is_flaky);
  EXPECT_FALSE(matrix_of({run_with({passes}), run_with({fails}, "guide")})
                   .requirements[0]
                   .cells[0]
                   .is_flaky);
  const auto open = judged("GRP-CALL-03", Verdict::inconclusive);
  EXPECT_FALSE(matrix_of({run_with({passes}), run_with({open})}).requirements[0].cells[0].is_flaky);
}

TEST(Matrix, gives_each_of_several_devices_its_own_firmware) {
  Result result = run_with(
      {judged("GRP-CALL-03", Verdict::pass), judged("GRP-CALL-03", Verdict::fail, {}, "other")});
  result.devices.push_back(
      {.name = "other", .kind = "external", .profile = "external", .user_agent = "UA 2"});
  const Matrix matrix = matrix_of({result});
  ASSERT_EQ(matrix.firmwares.size(), 2U);
  for (std::size_t index = 0; index < 2; ++index)
    EXPECT_EQ(matrix.requirements[0].cells[index].verdict,
              matrix.firmwares[index] == "UA 2" ? Verdict::fail : Verdict::pass);
}

TEST(Matrix, counts_runs_and_not_devices_of_one_firmware) {
  Result result = run_with({judged("GRP-CALL-03", Verdict::pass, 1s),
                            judged("GRP-CALL-03", Verdict::fail, -1s, "other"),
                            judged("GRP-CALL-04", Verdict::pass, 1s),
                            judged("GRP-CALL-04", Verdict::pass, 2s, "other")});
  result.devices.push_back(
      {.name = "other", .kind = "external", .profile = "external", .user_agent = "UA 1"});
  const Matrix matrix = matrix_of({result});
  const Cell& failed = matrix.requirements[0].cells[0];
  EXPECT_EQ(failed.runs, 1U);
  EXPECT_EQ(failed.violated, 1U);
  EXPECT_FALSE(failed.is_flaky);
  EXPECT_EQ(failed.evidence.front().message, "said");
  EXPECT_EQ(matrix.requirements[1].cells[0].margin, 1s);
}

TEST(Matrix, keeps_the_worst_of_many_runs_and_counts_all) {
  std::vector<Result> results(100, run_with({judged("GRP-CALL-03", Verdict::pass, 1s)}));
  results.push_back(run_with({judged("GRP-CALL-03", Verdict::fail, -1s)}));
  const Matrix matrix = matrix_of(results);
  const Cell& cell = matrix.requirements[0].cells[0];
  EXPECT_EQ(cell.runs, 101U);
  EXPECT_EQ(cell.evidence.size(), runs_kept_of_a_cell);
  EXPECT_EQ(cell.evidence.front().run, 100U);
}

TEST(Matrix, leaves_empty_what_exercised_no_named_requirement) {
  Result result = run_with({});
  result.rows_named = true;
  result.nothing_judged = "no INVITE";
  const Matrix matrix = matrix_of({result});
  EXPECT_THAT(names_of(matrix.scenarios), ElementsAre("primary_down"));
  EXPECT_EQ(matrix.scenarios[0].cells[0].runs, 0U);
  EXPECT_THAT(matrix.requirements, IsEmpty());
}

}  // namespace
}  // namespace sipharness::campaign
