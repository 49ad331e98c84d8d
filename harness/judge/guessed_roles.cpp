#include "harness/judge/guessed_roles.hpp"

#include <algorithm>

#include "harness/judge/control_runs.hpp"
#include "harness/judge/settling.hpp"
#include "harness/trace/roles.hpp"

namespace sipharness::judge {
namespace {

using verdict::Finding;
using verdict::Instance;
using verdict::Verdict;

/// The roles make a device of what was taken for a server.
bool make_devices_of(const std::vector<trace::Server>& taken, const trace::OtherRoles& roles) {
  return std::ranges::any_of(taken, [&](const trace::Server& server) {
    return std::ranges::count(roles.servers, server.endpoint, &trace::Server::endpoint) == 0;
  });
}

}  // namespace

std::vector<Finding> judge_with_roles(trace::Trace& trace, const scenario::Profile& profile,
                                      const check::JudgeOptions& options,
                                      const std::optional<trace::Tested>& tested) {
  std::vector<Finding> findings = check::judge_trace(trace, profile, options);
  if (trace.other_roles.empty()) return findings;
  const std::vector<trace::Server> taken = trace.servers;
  check::JudgeOptions untold = options;
  untold.on_judged = {};
  for (const trace::OtherRoles& roles : trace.other_roles) {
    trace::change_servers(trace, roles.servers, tested);
    const std::vector<Finding> others = check::judge_trace(trace, profile, untold);
    const Settling settling({.taken = roles.taken,
                             .instead = roles.instead,
                             .option = roles.option,
                             .is_unlikely = roles.is_unlikely,
                             .are_other_devices = make_devices_of(taken, roles),
                             .concerns_settings_alone = roles.concerns_settings_alone},
                            others);
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
