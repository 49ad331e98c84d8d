// Registration as the guide describes it: the same account at both servers, each independent of the
// other. @source guide.txt, "SIP Server Redundancy", Case 1 and Case 2

#include "harness/observed/registration.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/grants.hpp"
#include "harness/observed/guide_claim.hpp"
#include "harness/observed/password.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/switch_offs.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

// --- At both -------------------------------------------------------------------------------------

const RegisterAttempt* first_attempt(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (!attempt->unregister) return attempt;
  return nullptr;
}

/// How long after the first REGISTER the other server may see its own. A device that tries one
/// after the other may wait for the first server to time out (AMB-1).
Duration time_between(const Phone& phone, const RegisterAttempt& first) {
  if (!first.end) return failover_limit(phone);
  return std::max(policy::side_by_side, *first.end - first.start + failover_grace(phone).value);
}

/// The same where no REGISTER came there. A capture that begins in the device's life begins with
/// any refresh: the other server's comes within the period.
std::optional<Duration> time_to_miss(const Phone& phone, const RegisterAttempt& first) {
  if (is_seen_from_its_boot(phone)) return time_between(phone, first);
  const auto period = first.granted ? first.granted : phone.profile.register_expiration;
  if (!period) return std::nullopt;
  return std::max(failover_limit(phone), *period) + policy::side_by_side;
}

/// No registration at `missing`, whatever else came there.
void judge_missing(const Phone& phone, Occurrence& it, const RegisterAttempt& first) {
  const ServerRole missing = other(first.server);
  const auto limit = time_to_miss(phone, first);
  const CaptureTime until = next_power_change(phone, first.start);
  if (!limit || until - first.start <= *limit)
    return it.inconclusive(Blame::harness, "the capture ends before the {} had to be tried",
                           to_string(missing));
  const auto& polls = attempts_at(phone, missing);
  for (const RegisterAttempt* poll : polls) it.cite(evidence_of(phone, *poll).messages.front());
  if (polls.empty())
    it.violated("no REGISTER at the {} at all", to_string(missing));
  else
    it.violated("{} at the {}, each with expiry 0: it never registers there",
                counted(polls.size(), "REGISTER"), to_string(missing));
}

void judge_second(const Phone& phone, Occurrence& it, const RegisterAttempt& first,
                  const RegisterAttempt& second) {
  const Duration limit = time_between(phone, first);
  it.cite(evidence_of(phone, second).messages.front());
  if (!is_seen_from_its_boot(phone) && second.start - first.start > limit)
    return it.inconclusive(Blame::user, "the capture may begin long after the device booted");
  it.within({.start = first.start,
             .end = second.start,
             .window = {.max = limit},
             .tolerance = failover_grace(phone)},
            fmt::format("first REGISTER at the {} after the one at the {}",
                        to_string(second.server), to_string(first.server)));
}

void registers_at_both(const Phone& phone, Judge& judge) {
  if (!has_both_servers(phone)) return judge.needs("two known servers", Blame::user);
  const RegisterAttempt* primary = first_attempt(phone, ServerRole::primary);
  const RegisterAttempt* secondary = first_attempt(phone, ServerRole::secondary);
  if (primary == nullptr && secondary == nullptr) return;
  const bool is_primary_first =
      secondary == nullptr || (primary && primary->start <= secondary->start);
  const RegisterAttempt& first = is_primary_first ? *primary : *secondary;
  const RegisterAttempt* second = is_primary_first ? secondary : primary;
  Occurrence it(phone, judge, first);
  if (second != nullptr)
    judge_second(phone, it, first, *second);
  else
    judge_missing(phone, it, first);
}

void a_challenge_holds_nobody_up(const Phone& phone, Judge& judge) {
  // An account at one server alone is none that was held up, unless the guide asks for both.
  const auto is_tried = [&](ServerRole server) { return first_attempt(phone, server) != nullptr; };
  if (!claims_guide(phone) && !std::ranges::all_of(both_servers, is_tried)) return;
  const auto is_challenged = [&](ServerRole server) {
    const RegisterAttempt* attempt = first_attempt(phone, server);
    if (attempt == nullptr) return false;
    const Transaction& first = transactions(phone)[attempt->transactions.front()];
    const int status = final_status(phone, first);
    return status == 401 || status == 407;
  };
  if (std::ranges::any_of(both_servers, is_challenged)) registers_at_both(phone, judge);
}

// --- For all of the time -------------------------------------------------------------------------

/// The last attempt at `server` that made a binding before `at`; null if there is none.
const RegisterAttempt* last_bound(const Phone& phone, ServerRole server, CaptureTime at) {
  const RegisterAttempt* last = nullptr;
  for (const Binding& binding : bindings(phone))
    if (binding.server == server && binding.from < at) last = &attempts(phone)[binding.attempt];
  return last;
}

/// How the binding at `server` ended at `at`.
std::string_view last_end(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto& attempts = attempts_at(phone, server);
  const bool is_taken_back = std::ranges::any_of(
      attempts, [&](const RegisterAttempt* one) { return one->unregister && one->ok == at; });
  return is_taken_back ? "was taken back" : "lapsed";
}

/// An attempt at `server` in the span whose grant is not known, or the last one before; null: none.
const RegisterAttempt* unknown_grant(const Phone& phone, ServerRole server,
                                     std::pair<CaptureTime, CaptureTime> span) {
  const RegisterAttempt* before = last_bound(phone, server, span.first);
  if (before != nullptr && !is_grant_known(*before)) return before;
  for (const RegisterAttempt* attempt : unknown_grants(phone))
    if (attempt->server == server && attempt->ok > span.first && attempt->ok < span.second)
      return attempt;
  return nullptr;
}

/// The last binding had to be refreshed before `until`, and the capture ends before it lapses.
bool is_overdue(const Phone& phone, Judge& judge, ServerRole server, CaptureTime until) {
  const RegisterAttempt* last = last_bound(phone, server, until);
  if (until < phone.trace.last || last == nullptr || last != attempts_at(phone, server).back())
    return false;
  const CaptureTime due = *last->ok + latest_refresh(phone, *last->granted);
  if (until <= due + registration_tolerance(phone, *last->granted).value) return false;
  judge.inconclusive(evidence_of(phone, *last), Blame::harness,
                     fmt::format("the refresh at the {} is {} late where the capture ends, before "
                                 "the binding lapses",
                                 to_string(server), format_seconds(until - due)));
  return true;
}

/// Gaps without a binding at `server` in [from, until] are violations; true if there was none.
bool holds_binding(const Phone& phone, Judge& judge, ServerRole server,
                   std::pair<CaptureTime, CaptureTime> span) {
  if (const RegisterAttempt* unknown = unknown_grant(phone, server, span)) {
    Occurrence it(phone, judge, *unknown);
    is_granted_for_an_unknown_time(phone, *unknown, it);
    return false;
  }
  CaptureTime covered = span.first;
  bool whole = true;
  for (const Binding& binding : bindings(phone)) {
    if (binding.server != server || binding.believed_until <= covered || binding.from > span.second)
      continue;
    const RegisterAttempt& attempt = attempts(phone)[binding.attempt];
    const Duration gap = binding.from - covered;
    const Duration granted = attempt.granted.value_or(Duration::zero());
    if (gap > registration_tolerance(phone, granted).value) {
      const RegisterAttempt* before = last_bound(phone, server, binding.from);
      Occurrence it(phone, judge, attempt);
      if (attempt.start < covered)
        it.inconclusive(Blame::network, "asked the {} in time for a binding that came {} late",
                        to_string(server), format_seconds(gap));
      else
        violated_unless_out(
            phone, before != nullptr ? *before : attempt, it,
            fmt::format("no binding at the {} for {}", to_string(server), format_seconds(gap)));
      whole = false;
    }
    covered = binding.believed_until;
  }
  if (covered >= span.second) return whole && !is_overdue(phone, judge, server, span.second);
  const RegisterAttempt* last = last_bound(phone, server, span.second);
  const Duration lapsed_for = span.second - covered;
  if (last != nullptr && lapsed_for <= registration_tolerance(phone, *last->granted).value) {
    judge.inconclusive(evidence_of(phone, *last), Blame::harness,
                       fmt::format("the binding at the {} lapsed {} before the end of the span "
                                   "judged, too late to tell whether a refresh was on its way",
                                   to_string(server), format_seconds(lapsed_for)));
    return false;
  }
  const std::string seen =
      fmt::format("the binding at the {} {} {} before the end of the span judged",
                  to_string(server), last_end(phone, server, covered), format_seconds(lapsed_for));
  if (last == nullptr) {
    judge.violated({server, {}, {}}, seen);
  } else {
    Occurrence it(phone, judge, *last);
    violated_unless_out(phone, *last, it, seen);
  }
  return false;
}

/// Without a journal: this binding was taken back and the other kept, and the capture ends before
/// it shows whether the device went down.
bool may_have_gone_down(const Phone& phone, Judge& judge, ServerRole server, CaptureTime at) {
  const auto left = std::ranges::find(departures(phone), at, &Departure::at);
  if (left == departures(phone).end()) return false;
  const RegisterAttempt* last = left->last_attempt_at(server);
  const Binding* kept = binding_at(phone, other(server), at);
  if (last == nullptr || !last->unregister || kept == nullptr ||
      left->last_attempt_at(other(server)) != nullptr || left->is_known ||
      left->is_certain(kept->until))
    return false;
  judge.inconclusive(
      evidence_of(phone, *last), Blame::harness,
      fmt::format("the binding at the {} was taken back and the one at the {} was "
                  "not; the capture ends before it shows whether the device lives on",
                  to_string(server), to_string(other(server))));
  return true;
}

/// The first that the server granted any time.
const RegisterAttempt* first_granted(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (attempt->ok && attempt->granted) return attempt;
  return nullptr;
}

void both_stay_registered(const Phone& phone, Judge& judge) {
  const RegisterAttempt* primary = first_granted(phone, ServerRole::primary);
  const RegisterAttempt* secondary = first_granted(phone, ServerRole::secondary);
  if (primary == nullptr || secondary == nullptr) return;
  const CaptureTime from = std::max(*primary->ok, *secondary->ok) + policy::settling_time;
  CaptureTime until = next_power_change(phone, from);
  for (const ServerRole server : both_servers)
    until = std::min(until, first_fault(phone, server).value_or(until));
  if (until < from + policy::least_span)
    return judge.needs("two servers that answer for more than 6 s", Blame::harness);
  for (const ServerRole server : both_servers)
    if (!may_have_gone_down(phone, judge, server, until) &&
        holds_binding(phone, judge, server, {from, until}))
      judge.pass({server, {}, {}}, fmt::format("bound at the {} for all of {}", to_string(server),
                                               format_seconds(until - from)));
}

/// The server did not take a REGISTER without more ado, so it was not the other one that kept the
/// device from registering.
bool asked_for_more(const Phone& phone, ServerRole server) {
  return std::ranges::any_of(attempts_at(phone, server),
                             [](const RegisterAttempt* one) { return one->status >= 300; });
}

/// Late refreshes at the healthy server that follow the other's fault.
void judge_period_despite(const Phone& phone, Judge& judge, ServerRole healthy, CaptureTime fault) {
  for (const Refresh& refresh : refreshes_at(phone, healthy)) {
    if (refresh.next->start < fault) continue;
    const Tolerance tolerance = registration_tolerance(phone, refresh.granted);
    const Duration slack = tolerance.value + phone.profile.tolerances.fo_grace;
    judge.within(evidence_of(phone, refresh),
                 {.start = *refresh.previous->ok,
                  .end = refresh.next->start,
                  .window = {.max = latest_refresh(phone, refresh.granted) + slack},
                  .tolerance = tolerance,
                  .host_produced = true},
                 fmt::format("refresh at the {} while the {} was in trouble", to_string(healthy),
                             to_string(other(healthy))));
  }
}

/// @source RFC 3261 §10.2.1.1 (of a REGISTER that asks for none)
constexpr Duration longest_usual_expiry = 3600s;

/// A device that registered once, unseen, comes again by then.
bool is_longer_than_a_registration(const Phone& phone, CaptureTime since) {
  Duration longest{};
  for (const RegisterAttempt& attempt : attempts(phone))
    longest = std::max(longest,
                       attempt.granted.value_or(attempt.requested.value_or(longest_usual_expiry)));
  return phone.trace.last - since > longest;
}

void judge_never_registered(const Phone& phone, Judge& judge, ServerRole healthy,
                            CaptureTime fault) {
  if (attempts(phone).empty() || asked_for_more(phone, healthy)) return;
  const CaptureTime since = std::max(fault, attempts(phone).front().start);
  if (phone.trace.last - since <= failover_limit(phone) + policy::side_by_side) return;
  const std::string seen = fmt::format("never registered at the healthy {}", to_string(healthy));
  if (phone.trace.has_journal() || is_longer_than_a_registration(phone, since))
    judge.violated({healthy, {}, {}}, seen);
  else
    judge.inconclusive({healthy, {}, {}}, Blame::user,
                       seen + "; but the capture is shorter than a registration");
}

void registrations_are_independent(const Phone& phone, Judge& judge) {
  if (!has_both_servers(phone)) return judge.needs("two known servers", Blame::user);
  for (const ServerRole healthy : both_servers) {
    const auto fault = first_fault(phone, other(healthy));
    if (!fault || possible_outage(phone, healthy, CaptureTime::min(), CaptureTime::max())) continue;
    const RegisterAttempt* accepted = first_accepted(phone, healthy);
    if (accepted == nullptr) {
      judge_never_registered(phone, judge, healthy, *fault);
      continue;
    }
    const CaptureTime from = std::max(*accepted->ok, *fault);
    const CaptureTime until = next_power_change(phone, from);
    if (until <= from || is_switched_off(phone, from)) continue;
    judge_period_despite(phone, judge, healthy, *fault);
    if (holds_binding(phone, judge, healthy, {from, until}))
      judge.pass({healthy, {}, {}}, fmt::format("bound at the {} while the {} was in trouble",
                                                to_string(healthy), to_string(other(healthy))));
  }
}

/// The device and the server went on until the registration lapsed: it was due for a refresh. So it
/// is where the device left it alone, whatever the server did.
bool was_due(const Phone& phone, const RegisterAttempt& attempt) {
  if (!attempt.ok || !attempt.granted || !is_grant_known(attempt) || attempt.unregister)
    return false;
  const CaptureTime healthy_until =
      next_fault(phone, attempt.server, *attempt.ok).value_or(phone.trace.last);
  return std::min(healthy_until, next_power_change(phone, *attempt.ok)) >=
             *attempt.ok + *attempt.granted ||
         is_left_to_lapse(phone, attempt);
}

void refreshes_at_both(const Phone& phone, Judge& judge) {
  if (!has_both_servers(phone)) return;
  for (const ServerRole server : both_servers) {
    const auto& attempts = attempts_at(phone, server);
    std::size_t periods = 0;
    std::size_t missed = 0;
    for (const RegisterAttempt* attempt : attempts) {
      if (!was_due(phone, *attempt)) continue;
      ++periods;
      const auto next =
          std::ranges::upper_bound(attempts, *attempt->ok, {}, &RegisterAttempt::start);
      if (next != attempts.end() && (*next)->start < *attempt->ok + *attempt->granted) continue;
      ++missed;
      Occurrence it(phone, judge, *attempt);
      violated_unless_out(phone, *attempt, it,
                          fmt::format("no refresh at the {} within the {} granted",
                                      to_string(server), format_duration(*attempt->granted)));
    }
    if (missed == 0 && periods >= 2)
      judge.pass({server, {}, {}}, fmt::format("refreshed at the {} in each of {} periods",
                                               to_string(server), periods));
  }
}

// --- As whom -------------------------------------------------------------------------------------

void judge_digest(const Phone& phone, const SentCredentials& sent, Occurrence& it) {
  if (!password(phone) || is_response_right(phone, sent)) return;
  const bool was_accepted = is_accepted(phone, *sent.transaction);
  if (may_have_another_password(phone))
    it.inconclusive(Blame::user, std::string(another_password));
  else if (was_accepted && !phone.trace.has_journal())
    it.inconclusive(Blame::user, "the server accepted what the profile's password does not verify");
  else
    it.violated("the digest response does not verify with the account's password");
}

/// Of all REGISTERs at either server. False if there are some and nobody can say whether they are
/// the account's.
bool judge_credentials(const Phone& phone, Judge& judge) {
  std::set<std::string> names;
  for (const SentCredentials& sent : sent_credentials(phone)) {
    if (sent.transaction->method != sip::Method::register_ ||
        sent.transaction->server == ServerRole::none)
      continue;
    Occurrence it(phone, judge, sent);
    if (!sent.digest.values) {
      it.violated("credentials that cannot be read");
      continue;
    }
    names.insert(sent.digest.values->username);
    judge_digest(phone, sent, it);
  }
  if (names.size() > 1) judge.violated({}, "different digest user names at the two servers");
  const bool is_unverified = !names.empty() && !password(phone);
  if (is_unverified) lacks_password(phone, judge, "GRP-ID-01");
  return !is_unverified;
}

std::string user_of(const Message& message) {
  const auto to = sip::parse_address(message.sip.header(sip::HeaderId::to));
  const auto uri = to ? sip::parse_uri(to->uri) : std::nullopt;
  return uri ? std::string(uri->user) : std::string();
}

void same_extension_at_both(const Phone& phone, Judge& judge) {
  std::array<std::string, 2> users;
  Evidence evidence;
  for (const RegistersAtServer& at : registers_by_server(phone)) {
    if (at.registers.empty()) return;
    const Message& message = opening(phone, *at.registers.front());
    users[at.server == ServerRole::primary ? 0 : 1] = user_of(message);
    evidence.messages.push_back(message.index);
  }
  const bool are_verified = judge_credentials(phone, judge);
  if (users[0] != users[1])
    judge.violated(evidence, fmt::format("extension {} at the primary, {} at the secondary",
                                         users[0], users[1]));
  else if (are_verified)
    judge.pass(evidence, fmt::format("extension {} at both servers", users[0]));
}

const std::array guide_registration{
    Rule{.row = {.id = "GRP-REG-01",
                 .clause = "guide, SIP Server Redundancy; Case 1",
                 .severity = Severity::vendor,
                 .sentence =
                     "With both servers configured, the device registers the same account at both.",
                 .observed =
                     "A REGISTER with an expiry above zero arrives at the primary and at the "
                     "secondary: within 10 s of each other if both answer, and at the secondary no "
                     "later than 64*T1 and fo_grace after the first one if the primary is silent.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a REGISTER"},
         .judge = registers_at_both},
    Rule{.row = {.id = "GRP-REG-02",
                 .clause = "guide, Case 1",
                 .severity = Severity::vendor,
                 .sentence =
                     "With both servers reachable, both registrations succeed and both stay alive.",
                 .observed =
                     "From 5 s after the second server's first 200 until a server first stops "
                     "answering, each server holds a binding of the device without a gap.",
                 .tolerance = "profile: registration"},
         .needs = {"a registration accepted by each server"},
         .judge = both_stay_registered,
         .follows = {"RFC3261-REG-09", "GRP-REG-04"}},
    Rule{.row = {.id = "GRP-REG-03",
                 .clause = "guide, Cases 1 and 2",
                 .severity = Severity::vendor,
                 .sentence = "The two registrations are independent: a silent or refusing server "
                             "does not stop or delay the registration at the other.",
                 .observed = "While one server is out, the binding at the other never lapses and "
                             "its refreshes keep their period.",
                 .tolerance = "profile: registration + fo_grace"},
         .needs = {"trouble at one server while the other is healthy", Blame::harness},
         .judge = registrations_are_independent,
         .follows = {"RFC3261-REG-09"}},
    Rule{.row =
             {.id = "GRP-REG-04",
              .clause = "guide, Case 1",
              .severity = Severity::vendor,
              .sentence =
                  "The device refreshes its registration at both servers, not only at the primary.",
              .observed = "Each registration period of each answering server holds at least one "
                          "further REGISTER attempt at that server."},
         .needs = {"two whole registration periods with both servers answering", Blame::harness},
         .judge = refreshes_at_both,
         .follows = {"RFC3261-REG-09"}},
    Rule{.row = {.id = "GRP-ID-01",
                 .clause = "guide, prerequisites",
                 .severity = Severity::vendor,
                 .sentence =
                     "The device uses the same extension and the same credentials at both servers.",
                 .observed = "The user of To and From is the same in every REGISTER to either "
                             "server; so is the digest username where a server challenges."},
         .needs = {"a REGISTER at both servers"},
         .judge = same_extension_at_both,
         .is_about_content = true},
    Rule{.row = {.id = "AUTH-10",
                 .clause = "guide, Case 1; RFC 3261 §22",
                 .severity = Severity::quality,
                 .sentence =
                     "A challenge of one server does not delay the registration at the other.",
                 .observed = "With a challenged first REGISTER, the first ones at the two servers "
                             "are as close as GRP-REG-01 wants.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a first REGISTER that is challenged", Blame::harness},
         .judge = a_challenge_holds_nobody_up,
         .follows = {"GRP-REG-01"}},
};

}  // namespace

std::span<const Rule> guide_registration_rules() {
  return guide_registration;
}

}  // namespace sipharness::check
