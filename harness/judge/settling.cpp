#include "harness/judge/settling.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace sipharness::judge {
namespace {

using verdict::Finding;
using verdict::Instance;
using verdict::Verdict;

std::string_view outcome(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return "it fails";
    case Verdict::warn:
      return "it is a warning";
    case Verdict::pass:
      return "it passes";
    case Verdict::inconclusive:
      return "it is inconclusive";
    case Verdict::info:
    case Verdict::not_applicable:
      break;
  }
  return "it is not exercised";
}

}  // namespace

void Settling::add(std::span<Finding> others) {
  for (Finding& other : others)
    if (other.verdict() != Verdict::not_applicable)
      others_.insert_or_assign({other.requirement, other.device}, std::move(other));
}

void Settling::settle(Finding& finding) const {
  const verdict::Severity severity = finding.requirement->severity;
  const bool is_of_rfc =
      severity == verdict::Severity::must || severity == verdict::Severity::should;
  if (guess_.concerns_settings_alone && is_of_rfc) return;
  const auto found = others_.find({finding.requirement, finding.device});
  const Verdict other = found == others_.end() ? Verdict::not_applicable : found->second.verdict();
  if (!turns(finding.verdict(), other)) return;
  const std::string why = reason(other);
  std::vector<Instance>& instances = finding.instances.edit();
  if (is_violation(other) && !is_violation(instances.front().verdict))
    instances.insert(instances.begin(), found->second.worst());
  for (Instance& instance : instances) {
    if (!is_violation(instance.verdict) && !is_withdrawn_pass(instance.verdict, other)) continue;
    instance.verdict = Verdict::inconclusive;
    instance.blame = verdict::Blame::user;
    instance.reason = why;
  }
  std::ranges::stable_sort(instances, std::greater(), &Instance::verdict);
}

bool Settling::turns(Verdict taken, Verdict other) const {
  if (is_withdrawn_pass(taken, other)) return true;
  if (taken == Verdict::inconclusive || is_violation(taken) == is_violation(other)) return false;
  return !guess_.is_unlikely || taken == Verdict::pass;
}

bool Settling::is_withdrawn_pass(Verdict taken, Verdict other) const {
  return guess_.are_other_devices && taken == Verdict::pass && other != Verdict::pass;
}

std::string Settling::reason(Verdict other) const {
  return fmt::format("{}; {} {}: {}", guess_.taken, guess_.instead, outcome(other), guess_.option);
}

}  // namespace sipharness::judge
