#include "harness/judge/guessed_roles.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "harness/base/shortened.hpp"
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

std::vector<Amendment> settle_roles(trace::Trace& trace, const scenario::Profile& profile,
                                    const check::JudgeOptions& options,
                                    const std::optional<trace::Tested>& tested) {
  std::vector<Amendment> amendments;
  if (trace.other_roles.empty()) return amendments;
  const std::vector<trace::Server> taken = trace.servers;
  for (const trace::OtherRoles& roles : trace.other_roles) {
    trace::change_servers(trace, roles.servers, tested);
    Settling settling({.taken = roles.taken,
                       .instead = roles.instead,
                       .option = roles.option,
                       .is_unlikely = roles.is_unlikely,
                       .are_other_devices = make_devices_of(taken, roles),
                       .concerns_settings_alone = roles.concerns_settings_alone});
    check::judge_phones(trace, profile, options,
                        [&settling](const observed::Phone&, std::span<Finding> findings) {
                          settling.add(findings);
                        });
    amendments.emplace_back(
        [settling = std::move(settling)](Finding& finding) { settling.settle(finding); });
  }
  trace::change_servers(trace, taken, tested);
  return amendments;
}

std::vector<Amendment> withdraw_from_shared_accounts(const trace::Trace& trace,
                                                     const std::optional<trace::Tested>& tested) {
  std::map<std::string, std::string, std::less<>> reasons;
  for (const trace::Device& device : trace.devices)
    if (device.under_test && !device.shares_account.empty() && (!device.is_told_apart || tested))
      reasons[device.name] = device.shares_account;
  if (reasons.empty()) return {};
  return {[reasons](Finding& finding) {
    const auto reason = reasons.find(finding.device);
    if (reason != reasons.end()) withdraw_verdict(finding, verdict::Blame::user, reason->second);
  }};
}

std::vector<std::string> accounts_in(const trace::Trace& trace) {
  std::vector<std::string> accounts;
  std::unordered_set<std::string_view> met;
  for (const trace::MessageList::Place& place : trace.messages.places()) {
    if (!place.is_request || place.method != sip::Method::register_) continue;
    if (trace.messages.flow_of(place).direction != trace::Direction::from_device) continue;
    const std::string_view user = trace.messages.user_of(place);
    if (met.insert(user).second) accounts.emplace_back(user);
  }
  return accounts;
}

GuessedAccount guessed_account(const verdict::Result& result, const trace::Trace& trace,
                               const std::optional<trace::Tested>& tested) {
  if (!tested || !tested->users.empty()) return {};
  const std::vector<std::string> here = accounts_in(trace);
  if (here.empty()) return {};
  std::set<std::string_view> others(here.begin(), here.end());
  for (const auto* control : {&result.before, &result.after})
    if (*control) others.insert((*control)->accounts.begin(), (*control)->accounts.end());
  others.erase(here.front());
  const std::string taken =
      fmt::format("account {} was taken for the device under test, as ", shortened(here.front()));
  if (others.empty()) return {.note = taken + "no other registered: --account names it"};
  const std::string more = others.size() == 1 ? "" : fmt::format(" and {} more", others.size() - 1);
  return {.why_none_stands =
              fmt::format("{}it registered first; {}{} registered too: --account says which it is",
                          taken, shortened(*others.begin()), more)};
}

std::vector<Amendment> require_both_servers(const trace::Trace& trace,
                                            const scenario::Profile& profile) {
  const bool is_lone = trace.has_server(trace::ServerRole::primary) !=
                       trace.has_server(trace::ServerRole::secondary);
  if (trace.has_journal() || !is_lone || !profile.claims_guide()) return {};
  return {[](Finding& finding) {
    if (finding.requirement->id != "GRP-REG-01") return;
    Instance& instance = finding.instances.edit().front();
    instance.verdict = Verdict::inconclusive;
    instance.blame = verdict::Blame::user;
  }};
}

}  // namespace sipharness::judge
