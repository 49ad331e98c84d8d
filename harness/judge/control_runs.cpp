#include "harness/judge/control_runs.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::judge {
namespace {

using trace::ServerRole;
using verdict::Blame;
using verdict::ControlRun;

using observed::Phone;

ControlRun trouble(Blame blame, std::string reason) {
  return {.ok = false, .reason = std::move(reason), .blame = blame};
}

/// What came of the REGISTERs at a server that took none of them.
std::string outcome_at(const Phone& phone, ServerRole server) {
  const auto attempts = attempts_at(phone, server);
  if (attempts.empty()) return "it sent no REGISTER there";
  const observed::RegisterAttempt& last = *attempts.back();
  if (last.status == 0) return "its REGISTERs there got no answer in time";
  return fmt::format("its last REGISTER there was answered {}", last.status);
}

std::optional<ControlRun> trouble_registering(const Phone& phone) {
  for (const ServerRole server : observed::both_servers) {
    if (server == ServerRole::secondary && !phone.profile.registers_at_both) continue;
    const auto is_here = [server](const observed::Binding& one) { return one.server == server; };
    if (std::ranges::any_of(bindings(phone), is_here)) continue;
    return trouble(Blame::user,
                   fmt::format("the device never registered at the {} although both servers were "
                               "healthy ({}): wrong configuration is no fault of the device",
                               to_string(server), outcome_at(phone, server)));
  }
  return std::nullopt;
}

/// A device set up by hand may not have been set to what the scenario needs.
std::optional<ControlRun> trouble_with_settings(const Phone& phone) {
  const auto wanted = phone.scenario->configure.register_expiration;
  if (phone.profile.kind != "external" || !wanted) return std::nullopt;
  for (const observed::RegisterAttempt& attempt : attempts(phone)) {
    if (attempt.unregister || !attempt.requested || *attempt.requested == *wanted) continue;
    return trouble(Blame::user,
                   fmt::format("the device asks for {} where the scenario needs a "
                               "Register Expiration of {}: set it so",
                               format_duration(*attempt.requested), format_duration(*wanted)));
  }
  return std::nullopt;
}

bool is_answered(const Phone& phone, const observed::Leg& leg) {
  return leg.final && phone.message(*leg.final).sip.is_success();
}

std::optional<ControlRun> trouble_calling(const Phone& phone) {
  for (const observed::CallGroup& call : calls(phone)) {
    if (!call.dialled) continue;
    const observed::Leg* leg = call.leg(ServerRole::primary);
    if (leg != nullptr && is_answered(phone, *leg)) return std::nullopt;
    const std::string what = call.legs.empty() ? "it sent no INVITE"
                             : leg == nullptr  ? "it called through the secondary"
                                               : "the primary did not get to answer it";
    return trouble(Blame::user, fmt::format("a call to {} did not come about through the healthy "
                                            "primary: {}",
                                            call.number, what));
  }
  return std::nullopt;
}

bool was_told_to_answer(const Phone& phone) {
  return std::ranges::any_of(
      actions(phone), [](const observed::Action& one) { return one.event->verb == "answer"; });
}

std::optional<ControlRun> trouble_being_called(const Phone& phone) {
  if (!was_told_to_answer(phone)) return std::nullopt;
  for (const observed::Transaction& invite : transactions(phone)) {
    if (invite.method != sip::Method::invite || invite.direction != trace::Direction::to_device ||
        invite.server != ServerRole::secondary)
      continue;
    if (invite.final && phone.message(*invite.final).sip.is_success()) return std::nullopt;
    return trouble(Blame::user, invite.final
                                    ? fmt::format("a call from the healthy secondary was answered "
                                                  "{}",
                                                  phone.message(*invite.final).sip.status())
                                    : "a call from the healthy secondary was not answered");
  }
  return std::nullopt;
}

ControlRun judge_device(const Phone& phone) {
  for (const auto look :
       {trouble_registering, trouble_with_settings, trouble_calling, trouble_being_called})
    if (auto found = look(phone)) return *std::move(found);
  return {};
}

bool was_started_anew(const trace::Trace& trace) {
  return std::ranges::none_of(trace.undelivered_actions,
                              [](const trace::UndeliveredAction& undelivered) {
                                return undelivered.action.verb == "boot";
                              });
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
  const observed::JournalFacts journal(trace);
  ControlRun control;
  if (!trace.health.complete()) control = trouble(Blame::host, trace.health.faults.front().text);
  for (std::size_t device = 0; control.ok && device < trace.devices.size(); ++device) {
    if (!trace.devices[device].under_test) continue;
    control = judge_device(Phone(trace, journal, *profile, &*scenario, device));
    if (!control.ok && !judged->result.stopped.empty())
      control.reason += fmt::format(" ({})", judged->result.stopped);
  }
  control.started_anew = was_started_anew(trace);
  return control;
}

namespace {

constexpr std::string_view liveness = "DUT-ALIVE";

bool is_judged(verdict::Verdict verdict) {
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

void withdraw_verdicts(verdict::Result& result, Blame blame, const std::string& reason,
                       std::string_view device) {
  for (verdict::Finding& finding : result.findings) {
    if (!device.empty() && finding.device != device) continue;
    const bool tells_of_a_death =
        finding.requirement->id == liveness && (finding.verdict() == verdict::Verdict::warn ||
                                                finding.verdict() == verdict::Verdict::fail);
    if (tells_of_a_death) continue;
    for (verdict::Instance& instance : finding.instances.edit()) {
      if (!is_judged(instance.verdict)) continue;
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
