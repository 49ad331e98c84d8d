// Registration as the guide describes it: both servers, refreshed, independent of each other.
// @source guide.txt, "SIP Server Redundancy", "Configuration", Case 1 and Case 2

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/auth/digest.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;
using verdict::Blame;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

/// policy: how soon after each other two reachable servers must see their first REGISTER (AMB-1).
constexpr Duration side_by_side = 10s;
/// policy: how long after the second 200 both bindings must be alive (catalogue, GRP-REG-02).
constexpr Duration settling_time = 5s;
/// policy: a shorter span says nothing of bindings that stay.
constexpr Duration least_span = 1s;

void expiration_is_minutes(const Phone& phone, Judge& judge) {
  if (!phone.profile.register_expiration)
    return judge.not_applicable("the profile does not say the Register Expiration");
  judge.needs("a REGISTER that proposes an expiry");
  for (const RegisterAttempt& attempt : attempts(phone)) {
    if (attempt.unregister || !attempt.requested || was_told_min_expires(phone, attempt)) continue;
    const Duration configured = phone.profile.register_expiration.value_or(Duration::zero());
    const std::string asked =
        fmt::format("asks for {}, Register Expiration is {}", format_duration(*attempt.requested),
                    format_duration(configured));
    if (*attempt.requested == configured)
      judge.pass(evidence_of(phone, attempt), asked);
    else
      judge.violated(evidence_of(phone, attempt), asked);
  }
}

const RegisterAttempt* first_attempt(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (!attempt->unregister) return attempt;
  return nullptr;
}

void registers_at_both(const Phone& phone, Judge& judge) {
  if (!has_both_servers(phone)) return judge.needs("two known servers", Blame::user);
  const RegisterAttempt* primary = first_attempt(phone, ServerRole::primary);
  const RegisterAttempt* secondary = first_attempt(phone, ServerRole::secondary);
  if (primary == nullptr && secondary == nullptr) return judge.needs("a REGISTER");

  const bool primary_first =
      secondary == nullptr || (primary && primary->start <= secondary->start);
  const RegisterAttempt& first = primary_first ? *primary : *secondary;
  const RegisterAttempt* second = primary_first ? secondary : primary;
  const std::string_view missing = to_string(other(first.server));
  // A device that tries one after the other may wait for the first server to time out (AMB-1).
  const Duration limit =
      first.end ? std::max(side_by_side, *first.end - first.start + failover_grace(phone).value)
                : failover_limit(phone);
  Evidence evidence = evidence_of(phone, first);
  if (second != nullptr) {
    evidence.messages.push_back(evidence_of(phone, *second).messages.front());
    if (!is_seen_from_its_boot(phone) && second->start - first.start > limit)
      return judge.inconclusive(evidence, Blame::user,
                                "the capture may begin long after the device booted");
    return judge.within(evidence,
                        {.start = first.start,
                         .end = second->start,
                         .window = {.max = limit},
                         .tolerance = failover_grace(phone)},
                        fmt::format("first REGISTER at the {} after the one at the {}", missing,
                                    to_string(first.server)));
  }
  if (phone.trace.last - first.start >= failover_limit(phone) + side_by_side)
    return judge.violated(evidence, fmt::format("no REGISTER at the {} at all", missing));
  judge.inconclusive(evidence, Blame::harness,
                     fmt::format("the capture ends before the {} had to be tried", missing));
}

void a_challenge_holds_nobody_up(const Phone& phone, Judge& judge) {
  judge.needs("a first REGISTER that is challenged", Blame::harness);
  const auto is_challenged = [&](ServerRole server) {
    const RegisterAttempt* attempt = first_attempt(phone, server);
    if (attempt == nullptr) return false;
    const Transaction& first = transactions(phone)[attempt->transactions.front()];
    const int status = first.final ? phone.message(*first.final).sip.status() : 0;
    return status == 401 || status == 407;
  };
  if (std::ranges::any_of(both, is_challenged)) registers_at_both(phone, judge);
}

/// Gaps without a binding at `server` in [from, until] are violations; true if there was none.
bool holds_binding(const Phone& phone, Judge& judge, ServerRole server,
                   std::pair<CaptureTime, CaptureTime> span) {
  CaptureTime covered = span.first;
  bool whole = true;
  for (const Binding& binding : bindings(phone)) {
    if (binding.server != server || binding.until <= covered || binding.from > span.second)
      continue;
    const Duration granted = attempts(phone)[binding.attempt].granted.value_or(Duration::zero());
    const Duration gap = binding.from - covered;
    if (gap > registration_tolerance(phone, granted).value) {
      judge.violated(
          evidence_of(phone, attempts(phone)[binding.attempt]),
          fmt::format("no binding at the {} for {}", to_string(server), format_seconds(gap)));
      whole = false;
    }
    covered = binding.until;
  }
  if (covered >= span.second) return whole;
  judge.violated({server, {}, {}},
                 fmt::format("the binding at the {} lapsed {} before the end of the span judged",
                             to_string(server), format_seconds(span.second - covered)));
  return false;
}

std::optional<CaptureTime> first_ok(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (attempt->ok && !attempt->unregister) return attempt->ok;
  return std::nullopt;
}

void both_stay_registered(const Phone& phone, Judge& judge) {
  const auto primary = first_ok(phone, ServerRole::primary);
  const auto secondary = first_ok(phone, ServerRole::secondary);
  if (!primary || !secondary) return judge.needs("a registration accepted by each server");
  const CaptureTime from = std::max(*primary, *secondary) + settling_time;
  CaptureTime until = next_power_change(phone, from);
  for (const ServerRole server : both)
    until = std::min(until, first_fault(phone, server).value_or(until));
  if (until < from + least_span)
    return judge.needs("two servers that answer for more than 6 s", Blame::harness);
  for (const ServerRole server : both)
    if (holds_binding(phone, judge, server, {from, until}))
      judge.pass({server, {}, {}}, fmt::format("bound at the {} for all of {}", to_string(server),
                                               format_seconds(until - from)));
}

/// Late refreshes at the healthy server that follow the other's fault.
void judge_period_despite(const Phone& phone, Judge& judge, ServerRole healthy, CaptureTime fault) {
  for (const Refresh& refresh : refreshes_at(phone, healthy)) {
    if (refresh.next->start < fault) continue;
    const Duration slack =
        registration_tolerance(phone, refresh.granted).value + phone.profile.tolerances.fo_grace;
    judge.within(evidence_of(phone, *refresh.next),
                 {.start = *refresh.previous->ok,
                  .end = refresh.next->start,
                  .window = {.max = latest_refresh(phone, refresh.granted) + slack},
                  .tolerance = registration_tolerance(phone, refresh.granted),
                  .host_produced = true},
                 fmt::format("refresh at the {} while the {} was in trouble", to_string(healthy),
                             to_string(other(healthy))));
  }
}

void registrations_are_independent(const Phone& phone, Judge& judge) {
  judge.needs("trouble at one server while the other is healthy", Blame::harness);
  for (const ServerRole healthy : both) {
    const auto fault = first_fault(phone, other(healthy));
    if (!fault || first_fault(phone, healthy)) continue;
    const auto bound = first_ok(phone, healthy);
    if (!bound) {
      if (attempts(phone).empty()) continue;
      const CaptureTime since = std::max(*fault, attempts(phone).front().start);
      if (phone.trace.last - since > failover_limit(phone) + side_by_side)
        judge.violated({healthy, {}, {}},
                       fmt::format("never registered at the healthy {}", to_string(healthy)));
      continue;
    }
    const CaptureTime from = std::max(*bound, *fault);
    const CaptureTime until = next_power_change(phone, from);
    if (until <= from || is_switched_off(phone, from)) continue;
    judge_period_despite(phone, judge, healthy, *fault);
    if (holds_binding(phone, judge, healthy, {from, until}))
      judge.pass({healthy, {}, {}}, fmt::format("bound at the {} while the {} was in trouble",
                                                to_string(healthy), to_string(other(healthy))));
  }
}

void refreshes_at_both(const Phone& phone, Judge& judge) {
  judge.needs("two whole registration periods with both servers answering", Blame::harness);
  if (!has_both_servers(phone)) return;
  for (const ServerRole server : both) {
    const auto attempts = attempts_at(phone, server);
    std::size_t periods = 0;
    std::vector<const RegisterAttempt*> missed;
    for (const RegisterAttempt* attempt : attempts) {
      if (!attempt->ok || !attempt->granted || attempt->unregister) continue;
      const CaptureTime lapse = *attempt->ok + *attempt->granted;
      const CaptureTime healthy_until =
          next_fault(phone, server, *attempt->ok).value_or(phone.trace.last);
      if (std::min(healthy_until, next_power_change(phone, *attempt->ok)) < lapse) continue;
      ++periods;
      const bool refreshed = std::ranges::any_of(attempts, [&](const RegisterAttempt* next) {
        return next->start > *attempt->ok && next->start < lapse;
      });
      if (!refreshed) missed.push_back(attempt);
    }
    for (const RegisterAttempt* attempt : missed)
      judge.violated(evidence_of(phone, *attempt),
                     fmt::format("no refresh at the {} within the {} granted", to_string(server),
                                 format_duration(*attempt->granted)));
    if (missed.empty() && periods >= 2)
      judge.pass({server, {}, {}}, fmt::format("refreshed at the {} in each of {} periods",
                                               to_string(server), periods));
  }
}

void period_is_expiry_minus_margin(const Phone& phone, Judge& judge) {
  judge.needs("a refresh after a granted registration");
  if (!phone.profile.reregister_before)
    return judge.not_applicable("the device has no Reregister before Expiration setting");
  for (const ServerRole server : both)
    for (const Refresh& refresh : refreshes_at(phone, server))
      judge_refresh_period(phone, judge, refresh);
}

void secondary_kept_while_primary_down(const Phone& phone, Judge& judge) {
  judge.needs("a primary that is silent for two registration periods", Blame::harness);
  const auto refreshes = refreshes_at(phone, ServerRole::secondary);
  const RegisterAttempt* bound = nullptr;
  for (const RegisterAttempt* attempt : attempts_at(phone, ServerRole::secondary))
    if (attempt->ok && attempt->granted && bound == nullptr) bound = attempt;
  if (bound == nullptr) return;
  for (const Outage& outage : phone.journal.outages()) {
    if (outage.server != ServerRole::primary) continue;
    const CaptureTime from = std::max(outage.from, *bound->ok);
    const CaptureTime until = std::min(outage.until, next_power_change(phone, from));
    if (until - from < 2 * latest_refresh(phone, *bound->granted)) continue;
    bool any = false;
    for (const Refresh& refresh : refreshes) {
      if (refresh.next->start < from || refresh.next->start > until) continue;
      any = true;
      judge_refresh_period(phone, judge, refresh);
    }
    if (!any)
      judge.violated({ServerRole::secondary, {}, {}},
                     fmt::format("no refresh at the secondary in {} without the primary",
                                 format_seconds(until - from)));
  }
}

void keeps_trying_the_primary(const Phone& phone, Judge& judge) {
  judge.needs("an outage of the primary long enough for two further attempts", Blame::harness);
  const Duration round = phone.profile.reg_retry_wait + phone.profile.timers.sixty_four_t1();
  const auto attempts = attempts_at(phone, ServerRole::primary);
  for (const Outage& outage : phone.journal.outages()) {
    if (outage.server != ServerRole::primary) continue;
    const auto failed = std::ranges::find_if(attempts, [&](const RegisterAttempt* attempt) {
      return attempt->fail && attempt->start >= outage.from && *attempt->fail <= outage.until;
    });
    if (failed == attempts.end()) continue;
    const CaptureTime until = std::min(outage.until, next_power_change(phone, (*failed)->start));
    if (until - *(*failed)->fail < 2 * round) continue;
    const auto further = std::count_if(
        failed + 1, attempts.end(), [&](const auto* attempt) { return attempt->start <= until; });
    const Evidence evidence = evidence_of(phone, **failed);
    if (further == 0) {
      judge.violated(evidence, "gave the primary up: no REGISTER after the one that timed out");
      continue;
    }
    const Duration wait = (*(failed + 1))->start - *(*failed)->fail;
    const std::string seen =
        fmt::format("{} further attempts, the first {} after the timeout (the profile says {})",
                    further, format_seconds(wait), format_duration(phone.profile.reg_retry_wait));
    if (further >= 2)
      judge.pass(evidence, seen);
    else
      judge.warn(evidence, seen);
  }
}

/// The digest credentials of a REGISTER, if it has any.
std::optional<sip::Credentials> credentials_of(const sip::MessageView& message) {
  for (const sip::HeaderId header :
       {sip::HeaderId::authorization, sip::HeaderId::proxy_authorization})
    if (message.has(header)) return sip::parse_credentials(message.header(header));
  return std::nullopt;
}

void judge_credentials(const Phone& phone, Judge& judge,
                       const std::vector<const Transaction*>& credentialed) {
  if (credentialed.empty()) return;
  const auto password = scenario::resolve(phone.profile.account.password);
  if (!password)
    return judge.inconclusive({}, Blame::user, "the account's password is not to be had");
  std::set<std::string> names;
  for (const Transaction* transaction : credentialed) {
    const trace::Message& message = phone.message(transaction->sends.front());
    const auto credentials = credentials_of(message.sip);
    const Evidence evidence{message.server, message.sip.call_id(), {message.index}};
    if (!credentials) {
      judge.violated(evidence, "credentials that cannot be read");
      continue;
    }
    names.insert(credentials->username);
    if (sip::verify_credentials(*credentials, *password, message.sip.method_text())) continue;
    const bool was_accepted =
        transaction->final && phone.message(*transaction->final).sip.is_success();
    if (was_accepted && !phone.trace.has_journal())
      judge.inconclusive(evidence, Blame::user,
                         "the server accepted what the profile's password does not verify");
    else
      judge.violated(evidence, "the digest response does not verify with the account's password");
  }
  if (names.size() > 1) judge.violated({}, "different digest user names at the two servers");
}

void same_extension_at_both(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER at both servers");
  std::array<std::string, 2> users;
  std::vector<const Transaction*> credentialed;
  Evidence evidence;
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.method != sip::Method::register_ || transaction.server == ServerRole::none)
      continue;
    const trace::Message& message = phone.message(transaction.sends.front());
    if (credentials_of(message.sip)) credentialed.push_back(&transaction);
    std::string& user = users[transaction.server == ServerRole::primary ? 0 : 1];
    if (!user.empty()) continue;
    const auto to = sip::parse_address(message.sip.header(sip::HeaderId::to));
    const auto uri = to ? sip::parse_uri(to->uri) : std::nullopt;
    if (uri) user = uri->user;
    evidence.messages.push_back(message.index);
  }
  judge_credentials(phone, judge, credentialed);
  if (users[0].empty() || users[1].empty()) return;
  if (users[0] == users[1])
    judge.pass(evidence, fmt::format("extension {} at both servers", users[0]));
  else
    judge.violated(evidence, fmt::format("extension {} at the primary, {} at the secondary",
                                         users[0], users[1]));
}

constexpr std::array table{
    Check{"GRP-CFG-03", expiration_is_minutes},
    Check{"GRP-REG-01", registers_at_both},
    Check{"GRP-REG-02", both_stay_registered},
    Check{"GRP-REG-03", registrations_are_independent},
    Check{"GRP-REG-04", refreshes_at_both},
    Check{"GRP-REG-05", period_is_expiry_minus_margin},
    Check{"GRP-REG-07", secondary_kept_while_primary_down},
    Check{"GRP-REG-08", keeps_trying_the_primary},
    Check{"GRP-ID-01", same_extension_at_both},
    Check{"AUTH-10", a_challenge_holds_nobody_up},
};

}  // namespace

std::span<const Check> guide_registration_checks() {
  return table;
}

}  // namespace sipharness::check
