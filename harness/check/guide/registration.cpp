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
#include "harness/observed/addresses.hpp"
#include "harness/observed/coverage.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/guide_claim.hpp"
#include "harness/observed/password.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/switch_offs.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

// --- At both -------------------------------------------------------------------------------------

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
  const auto& queries =
      registers_by_server(phone)[missing == ServerRole::primary ? 0 : 1].registers;
  if (polls.empty() && !queries.empty())
    it.cite(queries.front()->sends.front())
        .violated("{} at the {}, none with a Contact: it only asks what is bound there",
                  counted(queries.size(), "REGISTER"), to_string(missing));
  else if (polls.empty())
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
    return it.inconclusive(Blame::user, std::string(boot_unseen));
  it.within({first.start, second.start}, {.max = limit},
            fmt::format("first REGISTER at the {} after the one at the {}",
                        to_string(second.server), to_string(first.server)),
            failover_grace(phone));
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
    const int status = final_status(phone, transactions(phone)[attempt->transactions.front()]);
    return status == 401 || status == 407;
  };
  if (std::ranges::any_of(both_servers, is_challenged)) registers_at_both(phone, judge);
}

// --- For all of the time -------------------------------------------------------------------------

void judge_gap(const Phone& phone, ServerRole server, const Gap& gap, Occurrence& it) {
  const std::string_view at = to_string(server);
  it.about(*gap.after);
  if (gap.after->start < gap.from)
    it.inconclusive(Blame::network, "asked the {} in time for a binding that came {} late", at,
                    format_seconds(gap.length));
  else
    violated_unless_out(phone, gap.before != nullptr ? *gap.before : *gap.after, it,
                        fmt::format("no binding at the {} for {}", at, format_seconds(gap.length)));
}

/// The last binding ends before the span does.
void judge_end(const Phone& phone, ServerRole server, const Coverage& held, Duration missing,
               Occurrence& it) {
  const RegisterAttempt* last = held.last;
  const std::string_view at = to_string(server);
  if (last != nullptr && missing <= registration_tolerance(phone, *last->granted).value)
    return it.about(*last).inconclusive(
        Blame::harness,
        "the binding at the {} lapsed {} before the end of the span judged, too late to tell "
        "whether a refresh was on its way",
        at, format_seconds(missing));
  const std::string seen =
      fmt::format("the binding at the {} {} {} before the end of the span judged", at,
                  was_taken_back(phone, server, held.until) ? "was taken back" : "lapsed",
                  format_seconds(missing));
  if (last == nullptr)
    it.about(server).violated(seen);
  else
    violated_unless_out(phone, *last, it.about(*last), seen);
}

/// A binding at `server` for all of the span; where not, that is said.
bool holds_binding(const Phone& phone, ServerRole server, const trace::Span& span, Occurrence& it) {
  if (const RegisterAttempt* unknown = unknown_grant_in(phone, server, span)) {
    is_granted_for_an_unknown_time(phone, *unknown, it.about(*unknown));
    return false;
  }
  const Coverage held = coverage_of(phone, server, span);
  for (const Gap& gap : held.gaps) judge_gap(phone, server, gap, it);
  if (held.until < span.until) judge_end(phone, server, held, span.until - held.until, it);
  if (held.until < span.until || !held.gaps.empty()) return false;
  const auto late = held.last ? overdue_at(phone, *held.last, span.until) : std::nullopt;
  if (late)
    it.about(*held.last)
        .inconclusive(Blame::harness,
                      "the refresh at the {} is {} late where the capture ends, before the binding "
                      "lapses",
                      to_string(server), format_seconds(*late));
  return !late;
}

void judge_span(const Phone& phone, ServerRole server, const trace::Span& span, Occurrence it) {
  if (const RegisterAttempt* last = left_one_server(phone, server, span.until))
    it.about(*last).inconclusive(
        Blame::harness,
        "the binding at the {} was taken back and the one at the {} was not; the capture ends "
        "before it shows whether the device lives on",
        to_string(server), to_string(other(server)));
  else if (holds_binding(phone, server, span, it))
    it.about(server).pass("bound at the {} for all of {}", to_string(server),
                          format_seconds(span.until - span.from));
}

void both_stay_registered(const Phone& phone, Judge& judge) {
  const RegisterAttempt* primary = first_bound(phone, ServerRole::primary);
  const RegisterAttempt* secondary = first_bound(phone, ServerRole::secondary);
  if (primary == nullptr || secondary == nullptr) return;
  const CaptureTime from = std::max(*primary->ok, *secondary->ok) + policy::settling_time;
  CaptureTime until = next_power_change(phone, from);
  for (const ServerRole server : both_servers)
    until = std::min(until, first_fault(phone, server).value_or(until));
  if (until < from + policy::least_span)
    return judge.needs("two servers that answer for more than 6 s", Blame::harness);
  for (const ServerRole server : both_servers)
    judge_span(phone, server, {from, until}, {phone, judge, server});
}

/// Late refreshes at the healthy server that follow the other's fault.
void judge_period_despite(const Phone& phone, ServerRole healthy, CaptureTime fault,
                          Occurrence& it) {
  for (const Refresh& refresh : refreshes_at(phone, healthy)) {
    if (refresh.next->start < fault) continue;
    const Tolerance tolerance = registration_tolerance(phone, refresh.granted);
    const Duration slack = tolerance.value + phone.profile.tolerances.fo_grace;
    it.about(refresh).within({.start = *refresh.previous->ok,
                              .end = refresh.next->start,
                              .window = {.max = latest_refresh(phone, refresh.granted) + slack},
                              .tolerance = tolerance,
                              .host_produced = true},
                             fmt::format("refresh at the {} while the {} was in trouble",
                                         to_string(healthy), to_string(other(healthy))));
  }
}

/// The server did not take a REGISTER without more ado, so it was not the other one that kept the
/// device from registering.
bool asked_for_more(const Phone& phone, ServerRole server) {
  return std::ranges::any_of(attempts_at(phone, server),
                             [](const RegisterAttempt* one) { return one->status >= 300; });
}

void judge_never_registered(const Phone& phone, ServerRole healthy, CaptureTime fault,
                            Occurrence& it) {
  if (attempts(phone).empty() || asked_for_more(phone, healthy)) return;
  const Duration seen_for = phone.trace.last - std::max(fault, attempts(phone).front().start);
  if (seen_for <= failover_limit(phone) + policy::side_by_side) return;
  // A device that registered once, unseen, comes again before its registration is over.
  if (phone.trace.has_journal() || seen_for > longest_expiry(phone))
    it.violated("never registered at the healthy {}", to_string(healthy));
  else
    it.inconclusive(Blame::user,
                    "never registered at the healthy {}; but the capture is shorter than a "
                    "registration",
                    to_string(healthy));
}

void lives_on_its_own(const Phone& phone, ServerRole healthy, Occurrence& it) {
  const auto fault = first_fault(phone, other(healthy));
  if (!fault || possible_outage(phone, healthy, CaptureTime::min(), CaptureTime::max())) return;
  const RegisterAttempt* accepted = first_accepted(phone, healthy);
  if (accepted == nullptr) return judge_never_registered(phone, healthy, *fault, it);
  const CaptureTime from = std::max(*accepted->ok, *fault);
  const CaptureTime until = next_power_change(phone, from);
  if (until <= from || is_switched_off(phone, from)) return;
  judge_period_despite(phone, healthy, *fault, it);
  if (holds_binding(phone, healthy, {from, until}, it))
    it.about(healthy).pass("bound at the {} while the {} was in trouble", to_string(healthy),
                           to_string(other(healthy)));
}

void registrations_are_independent(const Phone& phone, Judge& judge) {
  if (!has_both_servers(phone)) return judge.needs("two known servers", Blame::user);
  each<two_servers, lives_on_its_own>(phone, judge);
}

void is_refreshed_there(const Phone& phone, ServerRole server, Occurrence& it) {
  if (!has_both_servers(phone)) return;
  std::size_t periods = 0;
  std::size_t missed = 0;
  for (const RegisterAttempt* attempt : attempts_at(phone, server)) {
    if (!was_due_for_refresh(phone, *attempt)) continue;
    ++periods;
    if (is_refreshed(phone, *attempt)) continue;
    ++missed;
    violated_unless_out(phone, *attempt, it.about(*attempt),
                        fmt::format("no refresh at the {} within the {} granted", to_string(server),
                                    format_duration(*attempt->granted)));
  }
  if (missed == 0 && periods >= 2)
    it.pass("refreshed at the {} in each of {} periods", to_string(server), periods);
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

void same_extension_at_both(const Phone& phone, Judge& judge) {
  std::array<std::string, 2> users;
  Evidence evidence;
  for (const RegistersAtServer& at : registers_by_server(phone)) {
    if (at.registers.empty()) return;
    const Message& message = opening(phone, *at.registers.front());
    const auto uri = sip::parse_uri(uri_in(message.sip, sip::HeaderId::to));
    if (uri) users[at.server == ServerRole::primary ? 0 : 1] = uri->user;
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
         .judge = each<two_servers, is_refreshed_there>,
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
