#include "harness/judge/guessed_roles.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/judge/control_runs.hpp"
#include "harness/trace/roles.hpp"

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

/// What a finding with the roles taken comes to, seen with the others.
class Settling {
 public:
  /// `taken`: the servers that the findings were made with.
  Settling(const trace::OtherRoles& roles, const std::vector<trace::Server>& taken,
           const std::vector<Finding>& others)
      : roles_(roles) {
    are_other_devices_ = std::ranges::any_of(taken, [&](const trace::Server& server) {
      return std::ranges::count(roles.servers, server.endpoint, &trace::Server::endpoint) == 0;
    });
    for (const Finding& other : others) others_[{other.requirement, other.device}] = &other;
  }

  void settle(Finding& finding) const {
    const auto found = others_.find({finding.requirement, finding.device});
    const Verdict other =
        found == others_.end() ? Verdict::not_applicable : found->second->verdict();
    if (!turns(finding.verdict(), other)) return;
    const std::string why = reason(other);
    std::vector<Instance>& instances = finding.instances.edit();
    if (is_violation(other) && !is_violation(instances.front().verdict))
      instances.insert(instances.begin(), found->second->worst());
    for (Instance& instance : instances) {
      if (!is_violation(instance.verdict) && !is_withdrawn_pass(instance.verdict, other)) continue;
      instance.verdict = Verdict::inconclusive;
      instance.blame = verdict::Blame::user;
      instance.reason = why;
    }
    std::ranges::stable_sort(instances, std::greater(), &Instance::verdict);
  }

 private:
  bool turns(Verdict taken, Verdict other) const {
    if (is_withdrawn_pass(taken, other)) return true;
    if (taken == Verdict::inconclusive || is_violation(taken) == is_violation(other)) return false;
    return !roles_.is_unlikely || taken == Verdict::pass;
  }
  /// What passes is another device's where that is the phone.
  bool is_withdrawn_pass(Verdict taken, Verdict other) const {
    return are_other_devices_ && taken == Verdict::pass && other != Verdict::pass;
  }
  std::string reason(Verdict other) const {
    return fmt::format("{}; {} {}: {}", roles_.taken, roles_.instead, outcome(other),
                       roles_.option);
  }

  const trace::OtherRoles& roles_;
  /// They make a device of what was taken for a server.
  bool are_other_devices_ = false;
  std::map<std::pair<const verdict::Requirement*, std::string_view>, const Finding*> others_;
};

}  // namespace

std::vector<Finding> judge_with_roles(trace::Trace& trace, const scenario::Profile& profile,
                                      const check::JudgeOptions& options,
                                      const std::optional<trace::Tested>& tested) {
  std::vector<Finding> findings = check::judge_trace(trace, profile, options);
  if (trace.other_roles.empty()) return findings;
  const std::vector<trace::Server> taken = trace.servers;
  for (const trace::OtherRoles& roles : trace.other_roles) {
    trace::change_servers(trace, roles.servers, tested);
    const std::vector<Finding> others = check::judge_trace(trace, profile, options);
    const Settling settling(roles, taken, others);
    for (Finding& finding : findings) settling.settle(finding);
  }
  trace::change_servers(trace, taken, tested);
  return findings;
}

void withdraw_from_shared_accounts(verdict::Result& result, const trace::Trace& trace,
                                   const std::optional<trace::Tested>& tested) {
  for (const trace::Device& device : trace.devices) {
    if (!device.under_test || device.shares_account.empty()) continue;
    if (!device.is_told_apart || tested)
      withdraw_verdicts(result, verdict::Blame::user, device.shares_account, device.name);
  }
}

void require_both_servers(verdict::Result& result, const trace::Trace& trace,
                          const scenario::Profile& profile) {
  const bool is_lone = trace.has_server(trace::ServerRole::primary) !=
                       trace.has_server(trace::ServerRole::secondary);
  if (trace.has_journal() || !is_lone || !profile.claims_guide()) return;
  for (Finding& finding : result.findings) {
    if (finding.requirement->id != "GRP-REG-01") continue;
    Instance& instance = finding.instances.edit().front();
    instance.verdict = Verdict::inconclusive;
    instance.blame = verdict::Blame::user;
  }
}

}  // namespace sipharness::judge
