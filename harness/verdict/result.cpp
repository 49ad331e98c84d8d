#include "harness/verdict/result.hpp"

#include <algorithm>

namespace sipharness::verdict {
namespace {

/// What a finding contributes to the verdict of the run: fail, inconclusive or pass.
Verdict weight(const Finding& finding, bool strict) {
  switch (finding.verdict()) {
    case Verdict::fail:
      return Verdict::fail;
    case Verdict::inconclusive:
      return Verdict::inconclusive;
    case Verdict::warn:
      return strict ? Verdict::fail : Verdict::pass;
    case Verdict::not_applicable:
    case Verdict::info:
    case Verdict::pass:
      break;
  }
  return Verdict::pass;
}

bool is_partial(const Result& result) {
  const bool was_unwell = result.before && !result.before->ok;
  return result.interrupted || !result.stopped.empty() || was_unwell ||
         result.capture.health == "incomplete";
}

}  // namespace

Verdict overall(const Result& result) {
  Verdict worst = is_partial(result) ? Verdict::inconclusive : Verdict::pass;
  for (const Finding& finding : result.findings)
    worst = std::max(worst, weight(finding, result.strict));
  return worst;
}

int exit_code(const Result& result) {
  switch (overall(result)) {
    case Verdict::fail:
      return 1;
    case Verdict::inconclusive:
      return 3;
    default:
      return 0;
  }
}

std::array<std::size_t, 6> counts(const Result& result) {
  std::array<std::size_t, 6> counted{};
  for (const Finding& finding : result.findings)
    ++counted.at(static_cast<std::size_t>(finding.verdict()));
  return counted;
}

}  // namespace sipharness::verdict
