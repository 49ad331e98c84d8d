// Registrations after a server was lost: how soon they return, how often they are tried, and what a
// server without memory finds. @source RFC 3261 §10.2.4, §10.2.7; RFC 5626 §4.5; guide.txt, Case 1

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

/// policy: the least wait between failed attempts (FO-HERD-01).
constexpr Duration least_wait = 5s;
/// policy: how many failed attempts it takes to judge their spacing (FO-HERD-01).
constexpr std::size_t enough_attempts = 5;
/// policy: beyond this many times the limit a late return is no longer a question of quality.
constexpr int hopelessly_late = 2;

/// The attempt by which the device was back at a server: begun, or at least answered, after `at`.
const RegisterAttempt* attempt_after(const Phone& phone, ServerRole server, CaptureTime at) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (!attempt->unregister && (attempt->start > at || (attempt->ok && *attempt->ok > at)))
      return attempt;
  return nullptr;
}

Duration retry_round(const Phone& phone) {
  return phone.profile.reg_retry_wait + phone.profile.timers.sixty_four_t1();
}

/// When the device must have tried a server again that came back.
Duration return_limit(const Phone& phone, const Outage& outage) {
  Duration granted = phone.profile.register_expiration.value_or(Duration::zero());
  for (const RegisterAttempt* attempt : attempts_at(phone, outage.server))
    if (attempt->ok && *attempt->ok < outage.until && attempt->granted) granted = *attempt->granted;
  return std::max(latest_refresh(phone, granted), retry_round(phone)) +
         registration_tolerance(phone, granted).value;
}

void judge_return(const Phone& phone, Judge& judge, const Outage& outage, Duration limit) {
  const CaptureTime off = next_power_change(phone, outage.until);
  const RegisterAttempt* next = attempt_after(phone, outage.server, outage.until);
  if (next == nullptr) {
    if (off > outage.until + limit)
      judge.violated({outage.server, {}, {}},
                     fmt::format("no REGISTER at the {} in the {} after its return",
                                 to_string(outage.server), format_seconds(off - outage.until)));
    return;
  }
  const CaptureTime back = std::max(next->start, outage.until);
  const Evidence evidence = evidence_of(phone, *next);
  const std::string what =
      fmt::format("REGISTER at the {} after its return", to_string(outage.server));
  if (back - outage.until > hopelessly_late * limit)
    return judge.fail(evidence,
                      fmt::format("{}: {} (expected at most {})", what,
                                  format_seconds(back - outage.until), format_seconds(limit)));
  judge.within(
      evidence,
      {.start = outage.until, .end = back, .window = {.max = limit}, .host_produced = true}, what);
}

void the_primary_is_registered_again(const Phone& phone, Judge& judge) {
  judge.needs("a primary that returns after an outage", verdict::Blame::harness);
  for (const Outage& outage : phone.journal.outages())
    if (outage.server == ServerRole::primary && outage.recovered)
      judge_return(phone, judge, outage, return_limit(phone, outage));
}

void both_are_registered_again(const Phone& phone, Judge& judge) {
  judge.needs("two servers that return after an outage of both", verdict::Blame::harness);
  for (const Outage& outage : phone.journal.outages()) {
    const bool both_were_out =
        std::ranges::any_of(phone.journal.outages(), [&](const Outage& other_outage) {
          return other_outage.server == other(outage.server) && other_outage.recovered &&
                 other_outage.from < outage.until && outage.from < other_outage.until;
        });
    if (!outage.recovered || !both_were_out) continue;
    const Duration limit =
        retry_round(phone) +
        registration_tolerance(phone, phone.profile.register_expiration.value_or(Duration::zero()))
            .value;
    judge_return(phone, judge, outage, limit);
  }
}

// --- A server that lost its memory ---------------------------------------------------------------

/// Bindings that a server forgot while they were alive.
struct Forgotten {
  ServerRole server = ServerRole::none;
  CaptureTime at;
  CaptureTime lapse;  ///< when the device must have refreshed what it believed to hold
};

std::vector<Forgotten> forgotten_bindings(const Phone& phone) {
  std::vector<Forgotten> found;
  for (const journal::Entry& entry : phone.trace.journal) {
    const auto* forgot = std::get_if<journal::BindingsForgotten>(&entry.event);
    if (forgot == nullptr) continue;
    const CaptureTime at = phone.trace.time_of(entry);
    const ServerRole server = trace::role_of(forgot->server);
    std::optional<CaptureTime> lapse;
    for (const RegisterAttempt* attempt : attempts_at(phone, server))
      if (attempt->ok && attempt->granted && *attempt->ok < at)
        lapse = *attempt->ok + *attempt->granted;
    if (lapse && *lapse > at) found.push_back({server, at, *lapse});
  }
  return found;
}

void judge_restored(const Phone& phone, Judge& judge, const Forgotten& forgotten) {
  const RegisterAttempt* next = attempt_after(phone, forgotten.server, forgotten.at);
  const CaptureTime off = next_power_change(phone, forgotten.at);
  if (next == nullptr || next->start > off) {
    if (off > forgotten.lapse)
      judge.violated({forgotten.server, {}, {}},
                     fmt::format("the binding that the {} forgot was not renewed in its time",
                                 to_string(forgotten.server)));
    return;
  }
  const Evidence evidence = evidence_of(phone, *next);
  if (is_out(phone, forgotten.server, next->start)) return;
  if (!next->ok)
    return judge.violated(evidence, "the first REGISTER at a server without memory failed");
  judge.within(
      evidence,
      {.start = forgotten.at, .end = *next->ok, .window = {.max = forgotten.lapse - forgotten.at}},
      fmt::format("binding at the {} restored after it was forgotten",
                  to_string(forgotten.server)));
}

void a_forgotten_binding_is_restored(const Phone& phone, Judge& judge) {
  judge.needs("a server that forgets a binding", verdict::Blame::harness);
  for (const Forgotten& forgotten : forgotten_bindings(phone))
    judge_restored(phone, judge, forgotten);
}

/// Any sign that a call which a server brought was taken.
bool was_taken(const Phone& phone, const Transaction& invite) {
  return std::ranges::any_of(invite.responses, [&](std::size_t response) {
    const int status = phone.message(response).sip.status();
    return (status > 100 && status < 300) || status == 486;
  });
}

void calls_come_through_after_a_reboot(const Phone& phone, Judge& judge) {
  judge.needs("a call from a server that forgot a binding and got it again",
              verdict::Blame::harness);
  for (const Forgotten& forgotten : forgotten_bindings(phone)) {
    const RegisterAttempt* next = attempt_after(phone, forgotten.server, forgotten.at);
    if (next == nullptr || !next->ok || *next->ok > forgotten.lapse) continue;
    for (const Transaction& invite : transactions(phone)) {
      const trace::Message& request = phone.message(invite.sends.front());
      const bool is_call = invite.method == sip::Method::invite &&
                           invite.direction == trace::Direction::to_device &&
                           invite.server == forgotten.server && request.sip.to_tag().empty() &&
                           request.at > *next->ok;
      if (!is_call || phone.trace.last < request.at + phone.profile.timers.sixty_four_t1())
        continue;
      if (was_taken(phone, invite))
        judge.pass(evidence_of(phone, invite), "a call through the rebooted server came through");
      else
        judge.violated(evidence_of(phone, invite),
                       "a call through the rebooted server was not taken");
    }
  }
}

// --- How often a lost server is asked ------------------------------------------------------------

/// From each failure to the next attempt at one server while nothing succeeds.
struct Waits {
  std::vector<Duration> waits;
  const RegisterAttempt* shortest = nullptr;  ///< the attempt after the shortest
};

/// Runs of failed attempts at one server, long enough to judge.
std::vector<Waits> runs_of_failures(const Phone& phone, ServerRole server) {
  std::vector<Waits> runs;
  Waits run;
  const RegisterAttempt* previous = nullptr;
  const auto close_run = [&] {
    if (run.waits.size() + 1 >= enough_attempts) runs.push_back(run);
    run = {};
  };
  for (const RegisterAttempt* attempt : attempts_at(phone, server)) {
    const auto failed_at = previous != nullptr ? previous->failed_at() : std::nullopt;
    if (failed_at && attempt->start >= *failed_at &&
        next_power_change(phone, *failed_at) > attempt->start) {
      const Duration wait = attempt->start - *failed_at;
      if (run.waits.empty() || wait < std::ranges::min(run.waits)) run.shortest = attempt;
      run.waits.push_back(wait);
    } else {
      close_run();
    }
    previous = attempt;
  }
  close_run();
  return runs;
}

/// Refused connections in a row that no call asked for: registrations that never left.
std::vector<ConnectionAttempt> refused_registrations(const Phone& phone, ServerRole server) {
  std::vector<ConnectionAttempt> run;
  for (const ConnectionAttempt& attempt : connection_attempts(phone)) {
    if (attempt.server != server) continue;
    const bool is_for_a_call = std::ranges::any_of(calls(phone), [&](const auto& call) {
      const auto failed = failed_connection(phone, call);
      return failed && failed->frame == attempt.frame;
    });
    if (attempt.opened) run.clear();
    if (attempt.refused && !is_for_a_call) run.push_back(attempt);
  }
  return run;
}

void judge_refusals(const Phone& phone, Judge& judge, ServerRole server) {
  const auto run = refused_registrations(phone, server);
  if (run.size() < enough_attempts) return;
  Duration least = Duration::max();
  std::size_t most = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (i > 0) least = std::min(least, run[i].syn - *run[i - 1].refused);
    const auto in_a_minute = std::ranges::count_if(run, [&](const ConnectionAttempt& other_one) {
      return other_one.syn >= run[i].syn && other_one.syn < run[i].syn + 1min;
    });
    most = std::max(most, static_cast<std::size_t>(in_a_minute));
  }
  const std::string seen =
      fmt::format("{} connections refused by the {}, {} or more apart, at most {} in a minute",
                  run.size(), to_string(server), format_seconds(least), most);
  if (least < least_wait || most > most_attempts_a_minute)
    judge.violated(evidence_of(run.front()), seen);
  else
    judge.pass(evidence_of(run.front()), seen);
}

void a_lost_server_is_not_hammered(const Phone& phone, Judge& judge) {
  judge.needs("five failed attempts in a row at one server", verdict::Blame::harness);
  for (const ServerRole server : both) {
    judge_refusals(phone, judge, server);
    for (const Waits& run : runs_of_failures(phone, server)) {
      const Duration least = std::ranges::min(run.waits);
      const std::size_t most = most_in_a_minute(phone, server);
      const std::string seen =
          fmt::format("{} failed attempts at the {}, {} or more apart, at most {} in a minute",
                      run.waits.size() + 1, to_string(server), format_seconds(least), most);
      const Evidence evidence = evidence_of(phone, *run.shortest);
      if (least < least_wait || most > most_attempts_a_minute)
        judge.violated(evidence, seen);
      else
        judge.pass(evidence, seen);
    }
  }
}

void waits_are_recorded(const Phone& phone, Judge& judge) {
  judge.needs("five failed attempts in a row at one server", verdict::Blame::harness);
  for (const ServerRole server : both) {
    for (const Waits& run : runs_of_failures(phone, server)) {
      double mean = 0;
      for (const Duration wait : run.waits)
        mean += to_seconds(wait) / static_cast<double>(run.waits.size());
      double variance = 0;
      for (const Duration wait : run.waits)
        variance += std::pow(to_seconds(wait) - mean, 2) / static_cast<double>(run.waits.size());
      const bool grows = std::ranges::is_sorted(run.waits) && run.waits.front() != run.waits.back();
      judge.pass(evidence_of(phone, *run.shortest),
                 fmt::format("waits at the {}: {:.1f} s on average, {:.1f} % spread, {}",
                             to_string(server), mean, 100 * std::sqrt(variance) / mean,
                             grows ? "growing" : "not growing"));
    }
  }
}

/// A hint for whoever configures the device, not a judgement.
void margin_against_timer_f(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER");
  if (attempts(phone).empty() || !phone.profile.reregister_before) return;
  const Duration before = phone.profile.reregister_margin();
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  judge.pass(
      evidence_of(phone, attempts(phone).front()),
      fmt::format("Reregister before Expiration is {}: a refresh that fails is known to have "
                  "failed {} the binding lapses",
                  format_duration(before), before > timeout ? "before" : "only after"));
}

constexpr std::array table{
    Check{"RFC3261-REG-18", a_forgotten_binding_is_restored},
    Check{"FO-DET-LAPSE", margin_against_timer_f},
    Check{"FO-BACK-02", the_primary_is_registered_again},
    Check{"FO-REBOOT", calls_come_through_after_a_reboot},
    Check{"FO-HERD-01", a_lost_server_is_not_hammered},
    Check{"FO-HERD-02", waits_are_recorded},
    Check{"FO-BOTH-02", both_are_registered_again},
};

}  // namespace

std::span<const Check> failover_recovery_checks() {
  return table;
}

}  // namespace sipharness::check
