#include "harness/judge/control_runs.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <variant>

#include <fmt/format.h>

#include "harness/files/files.hpp"
#include "harness/judge/guessed_roles.hpp"
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

/// What is not well, and the requirement that the device breaks if it is its own doing.
struct Trouble {
  std::string reason;
  std::string_view requirement{};
};
constexpr std::string_view liveness = "DUT-ALIVE";
constexpr std::string_view registers_at_both = "GRP-REG-01";
constexpr std::string_view calls_through_primary = "GRP-CALL-01";
constexpr std::string_view takes_calls = "GRP-CALL-07";

/// What came of the REGISTERs at a server that took none of them.
std::string outcome_at(const Phone& phone, ServerRole server) {
  const auto attempts = attempts_at(phone, server);
  if (attempts.empty()) return "it sent no REGISTER there";
  const observed::RegisterAttempt& last = *attempts.back();
  if (last.status == 0) return "its REGISTERs there got no answer in time";
  return fmt::format("its last REGISTER there was answered {}", last.status);
}

std::optional<Trouble> trouble_registering(const Phone& phone) {
  for (const ServerRole server : observed::both_servers) {
    if (server == ServerRole::secondary && !phone.profile.registers_at_both) continue;
    const auto is_here = [server](const observed::Binding& one) { return one.server == server; };
    if (std::ranges::any_of(bindings(phone), is_here)) continue;
    return Trouble{fmt::format("the device never registered at the {} although both servers were "
                               "healthy ({})",
                               to_string(server), outcome_at(phone, server)),
                   registers_at_both};
  }
  return std::nullopt;
}

/// A device set up by hand may not have been set to what the scenario needs.
std::optional<Trouble> trouble_with_settings(const Phone& phone) {
  const auto wanted = phone.scenario->configure.register_expiration;
  if (phone.profile.kind != "external" || !wanted) return std::nullopt;
  for (const observed::RegisterAttempt& attempt : attempts(phone)) {
    if (attempt.unregister || !attempt.requested || *attempt.requested == *wanted) continue;
    return Trouble{
        fmt::format("the device asks for {} where the scenario needs a "
                    "Register Expiration of {}: set it so",
                    format_duration(*attempt.requested), format_duration(*wanted))};
  }
  return std::nullopt;
}

std::string outcome_of(const Phone& phone, std::optional<std::size_t> final) {
  if (!final) return "not answered";
  return fmt::format("answered {}", phone.message(*final).sip.status());
}

bool is_success(const Phone& phone, std::optional<std::size_t> final) {
  return final && phone.message(*final).sip.is_success();
}

std::optional<Trouble> trouble_calling(const Phone& phone) {
  for (const observed::CallGroup& call : calls(phone)) {
    if (!call.dialled) continue;
    const observed::Leg* leg = call.leg(ServerRole::primary);
    if (leg != nullptr && is_success(phone, leg->final)) return std::nullopt;
    const std::string what = call.legs.empty() ? "it sent no INVITE"
                             : leg == nullptr  ? "it called through the secondary"
                                               : "its INVITE was " + outcome_of(phone, leg->final);
    return Trouble{fmt::format("a call to {} did not come about through the healthy primary: {}",
                               call.number, what),
                   calls_through_primary};
  }
  return std::nullopt;
}

bool was_told_to_answer(const Phone& phone) {
  return std::ranges::any_of(
      actions(phone), [](const observed::Action& one) { return one.event->verb == "answer"; });
}

/// A call that the device refuses by itself needs nobody who told it to answer.
std::optional<Trouble> trouble_being_called(const Phone& phone) {
  for (const observed::Transaction& invite : transactions(phone)) {
    if (invite.method != sip::Method::invite || invite.direction != trace::Direction::to_device ||
        invite.server != ServerRole::secondary)
      continue;
    if (is_success(phone, invite.final)) return std::nullopt;
    if (!invite.final && !was_told_to_answer(phone)) return std::nullopt;
    return Trouble{"a call from the healthy secondary was " + outcome_of(phone, invite.final),
                   takes_calls};
  }
  return std::nullopt;
}

/// The findings on one device that its verdict on a requirement rests on; none unless it was
/// broken.
std::vector<verdict::Finding> broken(const verdict::Result& result, std::string_view requirement,
                                     std::string_view device) {
  std::vector<verdict::Finding> found;
  std::ranges::copy_if(result.findings, std::back_inserter(found), [&](const auto& finding) {
    return finding.requirement->id == requirement && finding.device == device &&
           is_violation(finding.verdict());
  });
  return found;
}

/// Why a requirement that looks broken was not held against the device: the host was late.
std::optional<std::string> excuse_of_the_host(const verdict::Result& result,
                                              std::string_view requirement,
                                              std::string_view device) {
  for (const verdict::Finding& finding : result.findings) {
    if (finding.requirement->id != requirement || finding.device != device) continue;
    for (const verdict::Instance& instance : finding.instances)
      if (instance.verdict == verdict::Verdict::inconclusive && instance.blame == Blame::host)
        return instance.reason;
  }
  return std::nullopt;
}

ControlRun judge_device(const Phone& phone, const verdict::Result& result) {
  for (const auto look :
       {trouble_registering, trouble_with_settings, trouble_calling, trouble_being_called}) {
    const auto found = look(phone);
    if (!found) continue;
    ControlRun control = trouble(Blame::user, found->reason);
    control.findings = broken(result, found->requirement, phone.name());
    if (!control.findings.empty()) {
      control.blame = Blame::device;
    } else if (const auto late = excuse_of_the_host(result, found->requirement, phone.name())) {
      control.blame = Blame::host;
      control.reason += ": " + *late;
    } else {
      control.reason += ": wrong configuration is no fault of the device";
    }
    return control;
  }
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
  const auto judged =
      judge({.capture = path,
             .only = {std::string(liveness), std::string(registers_at_both),
                      std::string(calls_through_primary), std::string(takes_calls)}});
  if (!judged) return tl::unexpected(judged.error());
  if (judged->result.interrupted)
    return trouble(Blame::user, "the user interrupted the healthy run");
  const trace::Trace& trace = judged->trace;
  const observed::JournalFacts journal(trace);
  ControlRun control;
  if (!trace.health.complete()) control = trouble(Blame::host, trace.health.texts().front());
  for (std::size_t device = 0; control.ok && device < trace.devices.size(); ++device) {
    if (!trace.devices[device].under_test) continue;
    control = judge_device(Phone(trace, journal, *profile, &*scenario, device), judged->result);
    if (!control.ok && !judged->result.stopped.empty())
      control.reason += fmt::format(" ({})", judged->result.stopped);
  }
  control.stopped = judged->result.stopped;
  control.accounts = accounts_in(trace);
  control.started_anew = was_started_anew(trace);
  return control;
}

namespace {

bool is_judged(verdict::Verdict verdict) {
  using verdict::Verdict;
  return is_violation(verdict) || verdict == Verdict::pass || verdict == Verdict::inconclusive;
}

std::optional<ControlRun> control_run_in(const std::string& folder) {
  if (!files::is_folder(folder)) return std::nullopt;
  const auto control = judge_control_run(folder);
  if (control) return *control;
  return trouble(Blame::harness, control.error().text());
}

}  // namespace

void withdraw(verdict::Finding& finding, Blame blame, const std::string& reason) {
  for (verdict::Instance& instance : finding.instances.edit()) {
    if (!is_judged(instance.verdict)) continue;
    instance.verdict = verdict::Verdict::inconclusive;
    instance.reason = reason;
    instance.blame = blame;
  }
}

void withdraw_verdict(verdict::Finding& finding, Blame blame, const std::string& reason) {
  const bool tells_of_a_death =
      finding.requirement->id == liveness && is_violation(finding.verdict());
  if (!tells_of_a_death) withdraw(finding, blame, reason);
}

void read_control_runs(verdict::Result& result, const std::string& path) {
  const RunFolder folder{path};
  result.before = control_run_in(folder.before());
  result.after = control_run_in(folder.after());
}

namespace {

/// What a control run found the device to have done stands in for what the run could not judge.
void tell(verdict::Finding& finding, const ControlRun& control, std::string_view folder) {
  for (const verdict::Finding& found : control.findings) {
    if (finding.requirement != found.requirement || finding.device != found.device) continue;
    finding.instances = found.instances;
    for (verdict::Instance& instance : finding.instances.edit())
      instance.message = fmt::format("{} (frames of {}/capture.pcap)", instance.message, folder);
  }
}

Amendment withdrawal_for(const ControlRun& control, std::string_view folder) {
  return [&control, folder, reason = fmt::format("{} the fault: {}", folder, control.reason)](
             verdict::Finding& finding) {
    withdraw_verdict(finding, control.blame, reason);
    tell(finding, control, folder);
  };
}

}  // namespace

std::vector<Amendment> amendments_by_control_runs(const verdict::Result& result) {
  if (result.before && !result.before->ok) return {withdrawal_for(*result.before, "before")};
  // A device that nobody started anew may still suffer from the fault itself.
  if (result.after && !result.after->ok && result.after->started_anew)
    return {withdrawal_for(*result.after, "after")};
  return {};
}

std::vector<std::string> notes_on_control_runs(const verdict::Result& result) {
  std::vector<std::string> notes;
  for (const auto& [control, when] :
       {std::pair(&result.before, "before"), std::pair(&result.after, "after")})
    if (*control && (*control)->ok && !(*control)->stopped.empty())
      notes.push_back(fmt::format("{} the fault, with healthy servers, the timeline stopped at {}",
                                  when, (*control)->stopped));
  return notes;
}

}  // namespace sipharness::judge
