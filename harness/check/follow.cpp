#include "harness/check/follow.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace sipharness::check {
namespace {

using verdict::Finding;
using verdict::Instance;

/// Every instance of `one` that is wrong shares a frame with one of `cause` that is.
bool is_explained_by(const Finding& one, const Finding& cause) {
  std::unordered_set<std::uint32_t> cited;
  for (const Instance& instance : cause.instances)
    if (is_violation(instance.verdict))
      cited.insert(instance.frames.begin(), instance.frames.end());
  return std::ranges::all_of(one.instances, [&](const Instance& instance) {
    return !is_violation(instance.verdict) ||
           std::ranges::any_of(instance.frames,
                               [&](std::uint32_t frame) { return cited.contains(frame); });
  });
}

}  // namespace

void note_what_follows(std::span<const Rule* const> rules, std::span<Finding> findings) {
  std::unordered_map<std::string_view, const Finding*> broken;
  for (const Finding& finding : findings)
    if (is_violation(finding.verdict())) broken[finding.requirement->id] = &finding;
  if (broken.empty()) return;
  for (std::size_t row = 0; row < rules.size(); ++row) {
    Finding& finding = findings[row];
    if (!is_violation(finding.verdict())) continue;
    for (const std::string_view id : rules[row]->follows) {
      if (id.empty()) break;
      const auto cause = broken.find(id);
      if (cause == broken.end() || cause->second->verdict() < finding.verdict()) continue;
      if (!is_explained_by(finding, *cause->second)) continue;
      finding.follows_from = id;
      break;
    }
  }
}

}  // namespace sipharness::check
