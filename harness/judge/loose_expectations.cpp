#include "harness/judge/loose_expectations.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace sipharness::judge {
namespace {

std::string note_of(const scenario::Expectation& expectation, std::string_view bound,
                    Duration wanted, Duration own) {
  return fmt::format(
      "expect {}: {} {} is looser than the {} of the requirement and changes nothing",
      expectation.requirement, bound, format_duration(wanted), format_seconds(own));
}

/// What is said of the windows of one finding; one note is enough.
std::optional<std::string> loose_bound(const scenario::Expectation& expectation,
                                       const verdict::Finding& finding) {
  for (const verdict::Instance& instance : finding.instances) {
    if (!instance.measured) continue;
    const auto& [min, max, min_open, max_open] = instance.measured->window;
    if (expectation.max && max && *max < *expectation.max)
      return note_of(expectation, "max", *expectation.max, *max);
    if (expectation.min && min && *min > *expectation.min)
      return note_of(expectation, "min", *expectation.min, *min);
  }
  return std::nullopt;
}

}  // namespace

void note_loose_expectations(const scenario::Scenario& scenario, const verdict::Finding& finding,
                             std::set<std::string>& notes) {
  for (const scenario::Expectation& expectation : scenario.expect) {
    if (finding.requirement->id != expectation.requirement) continue;
    if (auto note = loose_bound(expectation, finding)) notes.insert(std::move(*note));
  }
}

}  // namespace sipharness::judge
