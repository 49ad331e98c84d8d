#include "harness/cli/partial_judge.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"

namespace sipharness::cli {
namespace {

bool is_verdict(int exit_code) {
  return exit_code == passed || exit_code == failed || exit_code == inconclusive;
}

}  // namespace

void PartialJudge::judge() {
  if (process_.is_running()) return;
  if (!is_verdict(process_.exit_code()))
    tell_failure(fmt::format("exit code {}", process_.exit_code()));
  if (!process_.start(
          {"check", folder_.path, "--so-far", "--quiet", "--json", folder_.partial_result()}))
    tell_failure("no process could be started");
}

void PartialJudge::tell_failure(const std::string& how) {
  if (std::exchange(told_, true)) return;
  tell(fmt::format("sipharness: {} could not be written ({}); the run continues",
                   folder_.partial_result(), how));
}

}  // namespace sipharness::cli
