#include "harness/cli/partial_judge.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/campaign/results.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"

namespace sipharness::cli {
namespace {

/// policy: judging takes a few times the size of the capture in memory.
constexpr std::uintmax_t largest_capture = 128UL * 1024 * 1024;
constexpr Duration::rep share = 10;
/// policy: reading it takes a few milliseconds of the run.
constexpr std::uintmax_t largest_read = 1024UL * 1024;

bool is_verdict(int exit_code) {
  return exit_code == passed || exit_code == failed || exit_code == inconclusive;
}

/// Those that failed, each once.
std::string failures_in(const verdict::Result& result) {
  std::set<std::string_view> ids;
  for (const verdict::Finding& finding : result.findings)
    if (finding.verdict() == verdict::Verdict::fail) ids.insert(finding.requirement->id);
  return fmt::to_string(fmt::join(ids, ", "));
}

}  // namespace

void PartialJudge::judge() {
  if (process_.is_running()) return;
  if (const Duration spent = process_.take_time_spent(); spent > Duration::zero()) {
    rests_ = spent * share / period_;
    verdict_ = told_verdict();
  }
  if (!is_verdict(process_.exit_code()))
    tell_failure(fmt::format("exit code {}", process_.exit_code()));
  if (rests_-- > 0 || is_too_large()) return;
  if (!process_.start({"check", folder_.path, "--so-far", "--quiet", "--json",
                       folder_.partial_result(), "--html", folder_.page()}))
    tell_failure("no process could be started");
}

std::string PartialJudge::told_verdict() const {
  const int code = process_.exit_code();
  if (code != failed) return is_verdict(code) ? "no failure so far" : "";
  std::error_code error;
  const auto size = std::filesystem::file_size(folder_.partial_result(), error);
  if (error || size > largest_read) return "FAIL so far";
  const auto results = campaign::read_results(folder_.partial_result());
  if (!results || results->batch.results.empty()) return "FAIL so far";
  return "FAIL so far: " + failures_in(results->batch.results.front());
}

bool PartialJudge::is_too_large() {
  std::error_code error;
  const auto size = std::filesystem::file_size(folder_.capture(), error);
  if (error || size <= largest_capture) return false;
  tell_failure("the capture is larger than 128 MiB");
  return true;
}

void PartialJudge::tell_failure(const std::string& how) {
  if (std::exchange(told_, true)) return;
  tell(fmt::format("sipharness: {} could not be written ({}); the run continues",
                   folder_.partial_result(), how));
}

}  // namespace sipharness::cli
