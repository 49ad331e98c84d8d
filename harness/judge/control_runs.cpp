#include "harness/judge/control_runs.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

#include "harness/check/context.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"

namespace sipharness::judge {
namespace {

using trace::ServerRole;
using verdict::Blame;
using verdict::ControlRun;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

ControlRun trouble(Blame blame, std::string reason) {
  return {.ok = false, .reason = std::move(reason), .blame = blame};
}

/// What came of the REGISTERs at a server that took none of them.
std::string attempts_at(const check::Context& context, ServerRole server) {
  const auto attempts = context.attempts_at(server);
  if (attempts.empty()) return "it sent no REGISTER there";
  const trace::RegisterAttempt& last = *attempts.back();
  if (last.status == 0) return "its REGISTERs there got no answer in time";
  return fmt::format("its last REGISTER there was answered {}", last.status);
}

std::optional<ControlRun> trouble_registering(const check::Context& context) {
  for (const ServerRole server : both) {
    if (server == ServerRole::secondary && !context.profile.registers_at_both) continue;
    const auto is_here = [server](const trace::Binding& one) { return one.server == server; };
    if (std::ranges::any_of(context.bindings, is_here)) continue;
    return trouble(Blame::user,
                   fmt::format("the device never registered at the {} although both servers were "
                               "healthy ({}): wrong configuration is no fault of the device",
                               to_string(server), attempts_at(context, server)));
  }
  return std::nullopt;
}

/// A device set up by hand may not have been set to what the scenario needs.
std::optional<ControlRun> trouble_with_settings(const check::Context& context) {
  const auto wanted = context.scenario->configure.register_expiration;
  if (context.profile.kind != "external" || !wanted) return std::nullopt;
  for (const trace::RegisterAttempt& attempt : context.attempts) {
    if (attempt.unregister || !attempt.requested || *attempt.requested == *wanted) continue;
    return trouble(Blame::user,
                   fmt::format("the device asks for {} where the scenario needs a "
                               "Register Expiration of {}: set it so",
                               format_duration(*attempt.requested), format_duration(*wanted)));
  }
  return std::nullopt;
}

bool is_answered(const check::Context& context, const trace::Leg& leg) {
  return leg.final && context.message(*leg.final).sip.is_success();
}

std::optional<ControlRun> trouble_calling(const check::Context& context) {
  for (const trace::CallGroup& call : context.calls) {
    if (!call.dialled) continue;
    const trace::Leg* leg = call.leg(ServerRole::primary);
    if (leg != nullptr && is_answered(context, *leg)) return std::nullopt;
    const std::string what = call.legs.empty() ? "it sent no INVITE"
                             : leg == nullptr  ? "it called through the secondary"
                                               : "the primary did not get to answer it";
    return trouble(Blame::user, fmt::format("a call to {} did not come about through the healthy "
                                            "primary: {}",
                                            call.number, what));
  }
  return std::nullopt;
}

bool was_told_to_answer(const check::Context& context) {
  return std::ranges::any_of(
      context.orders, [](const check::Order& order) { return order.action->verb == "answer"; });
}

std::optional<ControlRun> trouble_being_called(const check::Context& context) {
  if (!was_told_to_answer(context)) return std::nullopt;
  for (const trace::Transaction& invite : context.transactions) {
    if (invite.method != sip::Method::invite || invite.direction != trace::Direction::to_device ||
        invite.server != ServerRole::secondary)
      continue;
    if (invite.final && context.message(*invite.final).sip.is_success()) return std::nullopt;
    return trouble(Blame::user, invite.final
                                    ? fmt::format("a call from the healthy secondary was answered "
                                                  "{}",
                                                  context.message(*invite.final).sip.status())
                                    : "a call from the healthy secondary was not answered");
  }
  return std::nullopt;
}

ControlRun judge_device(const check::Context& context) {
  for (const auto look :
       {trouble_registering, trouble_with_settings, trouble_calling, trouble_being_called})
    if (auto found = look(context)) return *std::move(found);
  return {};
}

bool was_started_anew(const trace::Trace& trace) {
  return std::ranges::none_of(
      trace.lost_orders, [](const trace::LostOrder& order) { return order.action.verb == "boot"; });
}

}  // namespace

Expected<ControlRun> judge_control_run(const std::string& path) {
  const RunFolder folder{path};
  const auto profile = load_profile(folder.profile());
  if (!profile) return tl::unexpected(profile.error());
  const auto scenario = load_scenario(folder.scenario());
  if (!scenario) return tl::unexpected(scenario.error());
  const auto judged = judge({.capture = path, .only = {"DUT-ALIVE"}});
  if (!judged) return tl::unexpected(judged.error());
  if (judged->result.interrupted) return trouble(Blame::user, "the healthy run was interrupted");
  const trace::Trace& trace = judged->trace;
  ControlRun control;
  if (!trace.health.complete()) control = trouble(Blame::host, trace.health.faults.front());
  for (std::size_t device = 0; control.ok && device < trace.devices.size(); ++device) {
    if (!trace.devices[device].under_test) continue;
    control = judge_device(check::Context(trace, *profile, &*scenario, device));
    if (!control.ok && !judged->result.stopped.empty())
      control.reason += fmt::format(" ({})", judged->result.stopped);
  }
  control.started_anew = was_started_anew(trace);
  return control;
}

namespace {

constexpr std::string_view liveness = "DUT-ALIVE";

bool says_something(verdict::Verdict verdict) {
  using verdict::Verdict;
  return verdict == Verdict::pass || verdict == Verdict::warn || verdict == Verdict::fail ||
         verdict == Verdict::inconclusive;
}

std::optional<ControlRun> control_run_in(const std::string& folder) {
  if (!files::is_folder(folder)) return std::nullopt;
  const auto control = judge_control_run(folder);
  if (control) return *control;
  return trouble(Blame::harness, control.error().text());
}

}  // namespace

void withdraw_verdicts(verdict::Result& result, Blame blame, const std::string& reason) {
  for (verdict::Finding& finding : result.findings) {
    const bool tells_of_a_death =
        finding.requirement->id == liveness && (finding.verdict() == verdict::Verdict::warn ||
                                                finding.verdict() == verdict::Verdict::fail);
    if (tells_of_a_death) continue;
    for (verdict::Instance& instance : finding.instances) {
      if (!says_something(instance.verdict)) continue;
      instance.verdict = verdict::Verdict::inconclusive;
      instance.reason = reason;
      instance.blame = blame;
    }
  }
}

void apply_control_runs(verdict::Result& result, const std::string& path) {
  const RunFolder folder{path};
  result.before = control_run_in(folder.before());
  result.after = control_run_in(folder.after());
  if (result.before && !result.before->ok)
    return withdraw_verdicts(result, result.before->blame,
                             "before the fault: " + result.before->reason);
  // A device that nobody started anew may still suffer from the fault itself.
  if (result.after && !result.after->ok && result.after->started_anew)
    withdraw_verdicts(result, result.after->blame, "after the fault: " + result.after->reason);
}

}  // namespace sipharness::judge
