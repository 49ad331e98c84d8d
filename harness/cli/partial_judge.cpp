#include "harness/cli/partial_judge.hpp"

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"

namespace sipharness::cli {
namespace {

/// policy: judging takes a few times the size of the capture in memory.
constexpr std::uintmax_t largest_capture = 128UL * 1024 * 1024;
constexpr Duration::rep share = 10;

bool is_verdict(int exit_code) {
  return exit_code == passed || exit_code == failed || exit_code == inconclusive;
}

std::string_view told_verdict(int exit_code) {
  if (exit_code == failed) return "FAIL so far";
  return is_verdict(exit_code) ? "no failure so far" : "";
}

}  // namespace

void PartialJudge::judge() {
  if (process_.is_running()) return;
  if (const Duration spent = process_.take_time_spent(); spent > Duration::zero()) {
    rests_ = spent * share / period_;
    verdict_ = told_verdict(process_.exit_code());
  }
  if (!is_verdict(process_.exit_code()))
    tell_failure(fmt::format("exit code {}", process_.exit_code()));
  if (rests_-- > 0 || is_too_large()) return;
  if (!process_.start({"check", folder_.path, "--so-far", "--quiet", "--json",
                       folder_.partial_result(), "--html", folder_.page()}))
    tell_failure("no process could be started");
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
