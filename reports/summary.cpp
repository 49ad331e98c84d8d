#include "reports/summary.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/counted.hpp"

namespace reports {
namespace {

using namespace sipharness;
using verdict::Finding;
using verdict::Verdict;

/// Rows of the guide tell a failover best, rows about the capture or the device as such least.
int weight(const Finding& finding) {
  using verdict::Severity;
  switch (finding.requirement->severity) {
    case Severity::vendor:
      return 3;
    case Severity::must:
      return 2;
    case Severity::should:
    case Severity::quality:
      return 1;
    case Severity::info:
      break;
  }
  return 0;
}

/// The one to tell of all with this verdict; null: there is none.
const Finding* chief_of(const verdict::Result& result, Verdict verdict) {
  const Finding* found = nullptr;
  for (const Finding& finding : result.findings) {
    if (finding.verdict() != verdict || !finding.follows_from.empty()) continue;
    if (found == nullptr || weight(finding) > weight(*found)) found = &finding;
  }
  return found;
}

std::string told(const verdict::Result& result, const Finding& finding) {
  const std::string who = result.devices.size() > 1 ? finding.device + ": " : std::string();
  return fmt::format("{}{} ({})", who, finding.worst().message, finding.requirement->id);
}

}  // namespace

const Finding* chief(const verdict::Result& result) {
  const Finding* failure = chief_of(result, Verdict::fail);
  return failure != nullptr ? failure : chief_of(result, Verdict::warn);
}

std::string summary(const verdict::Result& result) {
  const auto counts = verdict::counts(result);
  const std::size_t passed = counts[static_cast<std::size_t>(Verdict::pass)];
  if (const Finding* finding = chief(result)) return told(result, *finding);
  if (!result.nothing_judged.empty()) return "Nothing was judged: " + result.nothing_judged;
  if (!result.stopped.empty()) return "The timeline stopped at " + result.stopped;
  if (const Finding* finding = chief_of(result, Verdict::inconclusive))
    return fmt::format("Not known: {}", told(result, *finding));
  return fmt::format("Nothing was broken of what was judged: {} {}.",
                     counted(passed, "requirement"), passed == 1 ? "holds" : "hold");
}

}  // namespace reports
