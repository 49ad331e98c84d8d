// Registrations after a server was lost: how soon they return, how often they are tried, and what a
// server without memory finds. @source RFC 3261 §10.2.4, §10.2.7; RFC 5626 §4.5; guide.txt, Case 1

#include "harness/observed/recovery.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/failed_registrations.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/outages.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/repeats.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

// --- How soon it is registered with again --------------------------------------------------------

Duration retry_round(const Phone& phone) {
  return phone.profile.retry_wait() + phone.profile.timers.sixty_four_t1();
}

/// When the device must have tried a server again that came back.
Duration return_limit(const Phone& phone, const Outage& outage) {
  const RegisterAttempt* held = last_granted(phone, outage.server, outage.until);
  const Duration granted =
      held != nullptr ? *held->granted : phone.profile.register_expiration.value_or(0s);
  return std::max(latest_refresh(phone, granted), retry_round(phone)) +
         registration_tolerance(phone, granted).value;
}

void judge_return(const Phone& phone, const Outage& outage, Duration limit, Occurrence it) {
  const std::string_view server = to_string(outage.server);
  const CaptureTime off = next_power_change(phone, outage.until);
  const RegisterAttempt* next = attempt_after(phone, outage.server, outage.until);
  const CaptureTime back = next == nullptr ? off : std::max(next->start, outage.until);
  const Duration gone = back - outage.until;
  if (gone > limit && !phone.profile.reg_retry_wait)
    return it.inconclusive(
        Blame::user,
        "no REGISTER at the {} within {} of its return; but reg_retry_wait is not known: say "
        "--profile",
        server, format_seconds(limit));
  if (next == nullptr && gone > limit)
    it.violated("no REGISTER at the {} in the {} after its return", server, format_seconds(gone));
  if (next == nullptr) return;
  it.about(*next);
  const std::string what = fmt::format("REGISTER at the {} after its return", server);
  if (gone > policy::hopelessly_late * limit)
    it.fail(fmt::format("{}: {} (expected at most {})", what, format_seconds(gone),
                        format_seconds(limit)));
  else
    it.within({.start = outage.until, .end = back, .window = {.max = limit}, .host_produced = true},
              what);
}

void the_primary_is_registered_again(const Phone& phone, Judge& judge) {
  for (const Outage& outage : phone.journal.outages(ServerRole::primary))
    if (outage.recovered)
      judge_return(phone, outage, return_limit(phone, outage), {phone, judge, outage.server});
}

void both_are_registered_again(const Phone& phone, Judge& judge) {
  const Duration limit =
      retry_round(phone) +
      registration_tolerance(phone, phone.profile.register_expiration.value_or(0s)).value;
  for (const Outage& outage : phone.journal.outages())
    if (outage.recovered && was_of_both(phone, outage))
      judge_return(phone, outage, limit, {phone, judge, outage.server});
}

/// A hint for whoever configures the device, not a judgement.
void margin_against_timer_f(const Phone& phone, Judge& judge) {
  if (attempts(phone).empty() || !phone.profile.reregister_before) return;
  const Duration before = *phone.profile.reregister_before;
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  judge.pass(
      evidence_of(phone, attempts(phone).front()),
      fmt::format("Reregister before Expiration is {}: a refresh that fails is known to have "
                  "failed {} the binding lapses",
                  format_duration(before), before > timeout ? "before" : "only after"));
}

// --- A server that lost its memory ---------------------------------------------------------------

void a_forgotten_binding_is_restored(const Phone& phone, const ForgottenBinding& forgotten,
                                     Occurrence& it) {
  const RegisterAttempt* next = forgotten.next;
  const CaptureTime off = next_power_change(phone, forgotten.at);
  if (next == nullptr || next->start > off) {
    if (off > forgotten.lapse)
      it.about(forgotten.server)
          .violated("the binding that the {} forgot was not renewed in its time",
                    to_string(forgotten.server));
    return;
  }
  if (is_out(phone, forgotten.server, next->start)) return;
  if (!next->ok) return it.violated("the first REGISTER at a server without memory failed");
  it.within(
      {.start = forgotten.at, .end = *next->ok, .window = {.max = forgotten.lapse - forgotten.at}},
      fmt::format("binding at the {} restored after it was forgotten",
                  to_string(forgotten.server)));
}

void calls_come_through_after_a_reboot(const Phone& phone, const ForgottenBinding& forgotten,
                                       Occurrence& it) {
  const RegisterAttempt* next = forgotten.next;
  if (next == nullptr || !next->ok || *next->ok > forgotten.lapse) return;
  const auto began = [&](const Transaction* invite) { return opening(phone, *invite).at; };
  const auto& incoming = incoming_calls(phone, forgotten.server);
  for (auto call = std::ranges::upper_bound(incoming, *next->ok, {}, began);
       call != incoming.end() &&
       phone.trace.last >= began(*call) + phone.profile.timers.sixty_four_t1();
       ++call)
    it.about(**call).expect(was_taken(phone, **call),
                            "a call through the rebooted server came through",
                            "a call through the rebooted server was not taken");
}

// --- How often a lost server is asked ------------------------------------------------------------

void judge_pace(const AttemptPace& pace, Occurrence& it, const std::string& seen) {
  it.expect(pace.least >= policy::least_wait && pace.most <= policy::most_attempts_a_minute,
            fmt::format("{}, {} or more apart, at most {} in a minute", seen,
                        format_seconds(pace.least), pace.most));
}

/// " (each ended in a timeout)", if all failed alike.
std::string common_failure(const Phone& phone, const FailureRun& run) {
  const std::string first = describe_failure(phone, *run.failed.front());
  const bool is_common = std::ranges::all_of(run.failed, [&](const RegisterAttempt* one) {
    return describe_failure(phone, *one) == first;
  });
  return is_common ? fmt::format(" (each ended in {})", first) : std::string();
}

void is_not_hammered(const Phone& phone, ServerRole server, Occurrence& it) {
  const auto refused = refused_registrations(phone, server);
  if (refused.size() >= policy::enough_attempts)
    judge_pace(pace_of(refused), it.about(evidence_of(*refused.front())),
               fmt::format("{} connections refused by the {}", refused.size(), to_string(server)));
  const std::size_t most = busiest_minute(phone, server).size();
  for (const FailureRun& run : failure_runs(phone))
    if (run.server == server)
      judge_pace({run.least, most}, it.about(run),
                 fmt::format("{} failed attempts at the {}{}", run.failed.size(), to_string(server),
                             common_failure(phone, run)));
}

/// "401", "401 and 423", "200 without a binding": how the requests were refused.
std::string refusals_in(const Phone& phone, const RefusedSeries& series) {
  std::set<std::string> kinds;
  for (const Transaction* request : series.refused) {
    const int status = phone.message(*request->final).sip.status();
    const bool is_for_nothing = status < 300 && !series.is_accepted;
    kinds.insert(fmt::format("{}{}", status, is_for_nothing ? " without a binding" : ""));
  }
  return fmt::format("{}", fmt::join(kinds, " and "));
}

void does_not_spin(const Phone& phone, const RefusedSeries& series, Occurrence& it) {
  const Transaction& first = *series.refused.front();
  const std::string seen = fmt::format(
      "{} in a row at {} were {} with {}: {} in a minute without a pause (expected at most {})",
      counted(series.refused.size(), opening(phone, first).sip.method_text()), named(first.server),
      series.is_accepted ? "accepted" : "refused", refusals_in(phone, series), series.most,
      most_repeats_a_minute);
  it.expect(series.most <= most_repeats_a_minute, seen);
}

void waits_are_recorded(const Phone& /*phone*/, const FailureRun& run, Occurrence& it) {
  const WaitStatistics waits = statistics_of(run.waits);
  it.pass("waits at the {}: {:.1f} s on average, {:.1f} % spread, {}", to_string(run.server),
          waits.mean, 100 * waits.deviation / waits.mean, waits.grows ? "growing" : "not growing");
}

constexpr Needs failed_attempts_in_a_row{"five failed attempts in a row at one server",
                                         Blame::harness};

const std::array failover_recovery{
    Rule{
        .row = {.id = "RFC3261-REG-18",
                .clause = "RFC 3261 §10.2.4",
                .severity = Severity::quality,
                .sentence = "A binding that the server forgot is restored by the next refresh.",
                .observed = "The first REGISTER after the server lost its bindings asks for one, "
                            "gets a 200 and comes before the forgotten binding would have lapsed."},
        .needs = {"a server that forgets a binding", Blame::harness},
        .judge = each<forgotten_bindings, a_forgotten_binding_is_restored>},
    Rule{.row = {.id = "FO-DET-LAPSE",
                 .clause = "derived: RFC 3261 §10.2.4, §17.1.2.2",
                 .severity = Severity::info,
                 .sentence = "A Reregister before Expiration of less than 64*T1 finds a lost "
                             "server only after the binding has lapsed.",
                 .observed = "The setting is compared with 64*T1 and recorded."},
         .needs = {"a REGISTER"},
         .judge = margin_against_timer_f},
    Rule{.row = {.id = "FO-BACK-02",
                 .clause = "guide, Case 1",
                 .severity = Severity::quality,
                 .sentence = "A primary that has returned is registered with again soon.",
                 .observed = "The next REGISTER reaches it within max(E - R, reg_retry_wait + "
                             "64*T1) of its return; more than twice that fails.",
                 .tolerance = "profile: registration"},
         .needs = {"a primary that returns after an outage", Blame::harness},
         .judge = the_primary_is_registered_again},
    Rule{.row = {.id = "FO-REBOOT",
                 .clause = "policy: good practice",
                 .severity = Severity::quality,
                 .sentence = "A primary that restarted without memory serves the device again "
                             "after the next refresh.",
                 .observed =
                     "A call that it brings after the device has registered again is taken."},
         .needs = {"a call from a server that forgot a binding and got it again", Blame::harness},
         .judge = each<forgotten_bindings, calls_come_through_after_a_reboot>},
    Rule{.row = {.id = "FO-HERD-01",
                 .clause = "RFC 3261 §10.2.7",
                 .severity = Severity::should,
                 .sentence = "A lost server is not flooded with requests, however its loss shows.",
                 .observed = "In a run of five or more failed attempts each one starts 5 s or more "
                             "after the failure before it, and no minute has more than 12.",
                 .tolerance = "policy: 5 s, 12"},
         .needs = failed_attempts_in_a_row,
         .judge = each<two_servers, is_not_hammered>},
    Rule{.row = {.id = "FO-HERD-02",
                 .clause = "RFC 5626 §4.5",
                 .severity = Severity::info,
                 .sentence = "Waits between attempts are spread or grow.",
                 .observed = "Mean and spread of the waits are recorded; a fixed wait is legal."},
         .needs = failed_attempts_in_a_row,
         .judge = each<failure_runs, waits_are_recorded>},
    Rule{.row = {.id = "FO-HERD-03",
                 .clause = "RFC 3261 §21.4, §8.1.3.4, §10.2.7",
                 .severity = Severity::should,
                 .sentence = "A request that is refused again and again is not repeated without a "
                             "pause, nor a registration that needs no renewal.",
                 .observed = "Of requests of one method to one server, Request-URI and To (and of "
                             "one body, unless it may describe a session), each refused with "
                             "3xx-6xx, or a REGISTER accepted without the binding that it asks "
                             "for, and sent again within 5 s (OPTIONS: 1 s), challenges included, "
                             "no minute has more than 12; nor of registrations that were granted "
                             "for more than 10 s.",
                 .tolerance = "policy: 5 s, 12"},
         .needs = {"five requests of one kind in a row that are refused", Blame::harness},
         .judge = each<refused_series, does_not_spin>,
         .follows = {"FO-HERD-01", "RFC3261-REG-15"}},
    Rule{
        .row = {.id = "FO-BOTH-02",
                .clause = "policy: good practice",
                .severity = Severity::quality,
                .sentence = "After a total outage the device registers at both servers again soon.",
                .observed = "The next REGISTER reaches each within reg_retry_wait + 64*T1 of its "
                            "return; more than twice that fails.",
                .tolerance = "profile: registration"},
        .needs = {"two servers that return after an outage of both", Blame::harness},
        .judge = both_are_registered_again},
};

}  // namespace

std::span<const Rule> failover_recovery_rules() {
  return failover_recovery;
}

}  // namespace sipharness::check
