// What a device makes of a registrar's answers: grants, refusals, silence, and taking a binding
// back. @source RFC 3261 §10.2, §20.10, §20.19, §20.23, §20.33, §21.4, §21.5.4; requirements AMB-6

#include <algorithm>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/observed_t1.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_answers.hpp"
#include "harness/observed/register_series.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/retry_after.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/switch_offs.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/seconds.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using std::chrono::seconds;

// --- What is asked, what is granted --------------------------------------------------------------

std::optional<std::string> two_expiries(const Phone& /*phone*/, const Message& message) {
  const auto header = message.sip.expires();
  const auto contacts = contacts_in(message.sip);
  // For several, the header is the expiry of those that say none of their own (§10.2.1.1).
  if (!header || contacts.size() != 1) return std::nullopt;
  const auto parameter = sip::seconds_in(contacts.front().parameter("expires"));
  if (!parameter || *parameter == seconds(*header)) return std::nullopt;
  return fmt::format("Contact says expires={}, the Expires header {}", parameter->count(), *header);
}

/// Judges that the attempt after an accepted one comes within the expiry granted.
void judge_follows_grant(const Phone& phone, const AttemptPair& pair, Occurrence& it,
                         std::string_view granted_how) {
  const RegisterAttempt& accepted = *pair.before;
  const CaptureTime lapse = *accepted.ok + *accepted.granted;
  if (next_power_change(phone, *accepted.ok) < std::min(lapse, phone.trace.last)) return;
  if (pair.after == nullptr && phone.trace.last <= lapse) return;
  if (pair.after == nullptr)
    return violated_unless_out(phone, accepted, it,
                               fmt::format("no refresh within the {} {}",
                                           format_duration(*accepted.granted), granted_how));
  it.about(*pair.after)
      .within(before_lapse(*accepted.ok, pair.after->start, *accepted.granted),
              "next REGISTER at the {} after {} {}", to_string(accepted.server),
              format_duration(*accepted.granted), granted_how);
}

void follows_the_grant(const Phone& phone, const AttemptPair& pair, Occurrence& it) {
  const sip::MessageView* grant = grant_to(phone, *pair.before);
  if (grant && (pair.before->requested != pair.before->granted ||
                uris_in(*grant, HeaderId::contact).size() > 1))
    judge_follows_grant(phone, pair, it, "granted to its Contact");
}

void contact_beats_header(const Phone& phone, const AttemptPair& pair, Occurrence& it) {
  const sip::MessageView* grant = grant_to(phone, *pair.before);
  if (grant && grant->expires() && seconds(*grant->expires()) != *pair.before->granted)
    judge_follows_grant(phone, pair, it, "granted in Contact, another value in Expires");
}

/// AMB-6: E − R means nothing, so the refresh must come before E and not at once.
void short_expiry_is_followed(const Phone& phone, const Refresh& refresh, Occurrence& it) {
  const auto asked = refresh.previous->requested;
  if (!asked || *asked <= refresh.granted || refresh.has_other_reason) return;
  const Duration before = phone.profile.reregister_margin();
  const Duration pause = std::min<Duration>(policy::least_wait, refresh.granted / 2);
  const Duration least = before >= refresh.granted ? pause : Duration::zero();
  const Duration waited = refresh.next->start - *refresh.previous->ok;
  if (!phone.profile.reregister_before && waited < pause)
    return it.inconclusive(
        Blame::user,
        "refreshed {} after a grant cut to {}: too soon if Reregister before Expiration "
        "is larger than that, which is not known: say --profile",
        format_seconds(waited), format_duration(refresh.granted));
  it.within({.start = *refresh.previous->ok,
             .end = refresh.next->start,
             .window = {.min = least, .max = refresh.granted, .max_open = true},
             .host_produced = true},
            "refresh at the {} after a grant cut to {} (Reregister before {})",
            to_string(refresh.next->server), format_duration(refresh.granted),
            format_duration(before));
}

std::string_view uses_reregister_before(const Phone& phone) {
  if (phone.profile.reregister_before && phone.profile.reregister_margin() == Duration::zero())
    return {};
  return "Reregister before Expiration is in use or unknown to the device";
}

void unused_margin_has_no_other_effect(const Phone& phone, const Refresh& refresh, Occurrence& it) {
  if (refresh.has_other_reason || refresh.follows_other_reason) return;
  const auto in_period = attempts_in_period(phone, refresh);
  const Duration after = refresh.next->start - *refresh.previous->ok;
  const std::string seen =
      fmt::format("refresh at the {} {} after a 200 that granted {}; {} in that time",
                  to_string(refresh.next->server), format_seconds(after),
                  format_duration(refresh.granted), counted(in_period, "attempt"));
  const bool is_hurried = refresh.next->ok && after < refresh.granted / 2;
  it.expect(!is_hurried && in_period <= 2, seen);
}

// --- Failed attempts -----------------------------------------------------------------------------

void waits_after_a_timeout(const Phone& phone, const AttemptPair& pair, Occurrence& it) {
  const RegisterAttempt& failed = *pair.before;
  const Transaction& last = last_of(phone, failed);
  if (pair.after == nullptr || pair.after->unregister || !timed_out(phone, failed) ||
      is_at_another_machine(phone, *pair.after, last) || may_have_begun_unseen(phone, last) ||
      pair.after->start < *failed.fail ||
      next_power_change(phone, failed.start) <= pair.after->start)
    return;
  const Duration wait = pair.after->start - *failed.fail;
  const std::string seen =
      fmt::format("next attempt at the {} {} after a timeout{}", to_string(failed.server),
                  format_seconds(wait), stated_retry_wait(phone));
  it.about(*pair.after);
  if (wait >= policy::least_wait)
    it.pass(seen);
  else if (wait >= policy::no_wait)
    it.warn(seen);
  else
    it.violated(seen);
}

void judge_retry_after_423(const Message& refused, const Message& next, seconds wanted,
                           Occurrence& it) {
  const auto asked = asked_in(next.sip);
  // It takes a binding back or asks what is bound: it wants no time any more.
  if (!next.sip.has(HeaderId::contact) || asked == seconds(0)) return;
  if (asked && *asked < wanted)
    it.fail("asks for {} after a 423 with Min-Expires {}", asked->count(), wanted.count());
  else if (next.sip.cseq() != refused.sip.cseq() + 1)
    it.violated("the retry after a 423 does not raise CSeq by one");
  else
    it.pass("asks for {} after a 423 with Min-Expires {}", asked ? asked->count() : 0,
            wanted.count());
}

/// §10.2.8 names no time: who goes on with the registration later has tried again, too.
bool tries_again(const Phone& phone, const Transaction& refused, const Transaction& next) {
  const Message& request = opening(phone, next);
  if (request.at <= phone.at(*refused.final) + policy::time_to_retry_after_423) return true;
  return have_same_call_id(phone, request, opening(phone, refused)) &&
         request.sip.has(HeaderId::contact) && asked_in(request.sip) != seconds(0);
}

void asks_for_min_expires(const Phone& phone, const Transaction& refused, Occurrence& it) {
  const sip::MessageView* answer = answer_to(phone, refused);
  if (!answer || answer->status() != 423) return;
  const auto wanted = sip::seconds_in(answer->header(HeaderId::min_expires));
  if (!wanted) return;
  const CaptureTime latest = phone.at(*refused.final) + policy::time_to_retry_after_423;
  const Transaction* next = next_register_at_server(phone, refused);
  if (next != nullptr && tries_again(phone, refused, *next))
    judge_retry_after_423(opening(phone, refused), opening(phone, *next), *wanted, it.about(*next));
  else if (phone.trace.last > latest)
    it.warn("no second try within 5 s of a 423 with Min-Expires {}", wanted->count());
}

void does_not_repeat_what_was_refused(const Phone& phone, const Transaction& refused,
                                      Occurrence& it) {
  const sip::MessageView* answer = answer_to(phone, refused);
  if (!answer || (answer->status() != 403 && answer->status() != 404)) return;
  const Duration limit =
      std::max(policy::least_wait_after_refusal, phone.profile.reg_retry_wait_403.value_or(0s));
  const CaptureTime at = phone.at(*refused.final);
  const Transaction* next = next_register_at_server(phone, refused);
  const bool is_same = next != nullptr && next_power_change(phone, at) > opening(phone, *next).at &&
                       has_same_content(opening(phone, refused).sip, opening(phone, *next).sip);
  const Duration wait = (is_same ? opening(phone, *next).at : phone.trace.last) - at;
  if (is_same && wait < limit)
    it.about(*next).violated("the same REGISTER {} after a {} (it must wait {})",
                             format_seconds(wait), answer->status(), format_duration(limit));
  else if (wait >= policy::least_wait_after_refusal)
    it.pass("left alone for {} after a {}", format_seconds(wait), answer->status());
}

void leaves_a_busy_server_alone(const Phone& phone, const Transaction& refused, Occurrence& it) {
  const sip::MessageView* answer = answer_to(phone, refused);
  if (!answer || answer->status() != 503) return;
  const auto wait = retry_after(*answer);
  if (!wait) return;
  const CaptureTime at = phone.at(*refused.final);
  const CaptureTime until = std::min(at + *wait - registration_tolerance(phone, *wait).value,
                                     next_power_change(phone, at));
  if (const Transaction* early = first_new_request(phone, refused.server, at, until))
    it.about(*early).violated("{} {} after a 503 with Retry-After {}",
                              opening(phone, *early).sip.method_text(),
                              format_seconds(opening(phone, *early).at - at), wait->count());
  else if (phone.trace.last >= until)
    it.pass("left alone for the {} s of Retry-After", wait->count());
}

// --- Where refreshes go --------------------------------------------------------------------------

void refreshes_where_it_registered(const Phone& phone, Judge& judge) {
  std::size_t refreshes = 0;
  bool all_right = true;
  for (const RegisterAttempt& accepted : attempts(phone)) {
    if (grant_to(phone, accepted) == nullptr) continue;
    const Message& first = opening(phone, last_of(phone, accepted));
    const LaterRegisters later =
        later_registers(phone, first, *accepted.ok, *accepted.ok + *accepted.granted);
    refreshes += later.count;
    std::optional<Endpoint> moved_to;
    for (const Transaction* elsewhere : later.elsewhere) {
      const Endpoint& destination = opening(phone, *elsewhere).destination;
      // The next of the server's machines, as the one before failed (RFC 3263 §4.3).
      if (has_failed_elsewhere(phone, *elsewhere)) moved_to = destination;
      if (moved_to == destination) continue;
      all_right = false;
      judge.violated(evidence_of(phone, *elsewhere),
                     fmt::format("registered at {}, refreshed at {}", first.destination.text(),
                                 opening(phone, *elsewhere).destination.text()));
    }
  }
  if (refreshes > 0 && all_right)
    judge.pass({}, fmt::format("went where the registration had gone: {}",
                               counted(refreshes, "REGISTER")));
}

void ignores_record_route(const Phone& phone, const Transaction& accepted, Occurrence& it) {
  const sip::MessageView* answer = answer_to(phone, accepted);
  if (!answer || !answer->is_success()) return;
  const auto recorded = sip::parse_addresses(answer->header(HeaderId::record_route));
  const Transaction* next = next_register_at_server(phone, accepted);
  if (recorded.empty() || next == nullptr) return;
  const auto has_route = [&](const Transaction& registration) {
    const auto route = uris_in(opening(phone, registration).sip, HeaderId::route);
    return std::ranges::any_of(
        route, [&](std::string_view hop) { return sip::same_uri(hop, recorded.front().uri); });
  };
  // A route that it was set to (an outbound proxy) shows nothing.
  if (has_route(accepted)) return;
  const bool follows = has_route(*next);
  it.about(*next).expect(!follows, "no Route from a registrar's Record-Route",
                         "a Route made of the Record-Route of a registrar's 200");
}

// --- Taking a binding back -----------------------------------------------------------------------

/// What the device did at a server that held its binding when it went.
void judge_departure(const Phone& phone, Judge& judge, ServerRole server, const Departure& gone) {
  const Binding* held = binding_at(phone, server, gone.at);
  if (held == nullptr) return;
  const RegisterAttempt& bound = attempts(phone)[held->attempt];
  const RegisterAttempt* last = gone.last_attempt_at(server);
  if (last != nullptr && (last->unregister || was_due(phone, bound, *last))) return;
  if (last != nullptr)
    return violated_unless_lost(
        phone, judge, evidence_of(phone, *last),
        fmt::format("the last REGISTER at the {}, {} after the shutdown, takes no binding back",
                    to_string(server), format_seconds(last->start - gone.at)));
  const bool must_tell = gone.told_a_server || phone.profile.unregisters_on_shutdown;
  if (must_tell && gone.is_certain(held->until))
    violated_unless_lost(phone, judge, evidence_of(phone, bound),
                         fmt::format("went without telling the {}", to_string(server)));
}

std::string_view may_keep_bindings(const Phone& phone) {
  if (phone.profile.unregisters_on_shutdown) return {};
  return "the profile does not say that the device takes its registrations back";
}

void takes_one_back(const Phone& phone, const Transaction& registration, Occurrence& it) {
  const sip::MessageView& request = opening(phone, registration).sip;
  const bool takes_all = has_star(request);
  if (takes_all && request.expires() != 0u)
    it.in_itself().fail("Contact \"*\" without Expires: 0");
  else if (takes_all && contacts_in(request).size() > 1)
    it.in_itself().fail("Contact \"*\" beside another Contact");
  else if (takes_all || asked_in(request) == seconds(0))
    it.pass("takes its binding back with expiry 0");
}

void takes_bindings_back(const Phone& phone, Judge& judge) {
  each<register_transactions, takes_one_back>(phone, judge);
  for (const Departure& gone : departures(phone))
    for (const ServerRole server : both_servers) judge_departure(phone, judge, server, gone);
}

const std::array rfc3261_10_answer{
    Rule{.row = {.id = "GRP-REG-06",
                 .clause = "guide, Configuration (Optional)",
                 .severity = Severity::vendor,
                 .sentence = "Reregister before Expiration 0 switches the early refresh off and "
                             "does nothing else.",
                 .observed = "With R = 0 the refresh comes no earlier than half of E after the "
                             "200, and no period has more than two attempts."},
         .needs = {"a refresh after a granted registration"},
         .unless = uses_reregister_before,
         .judge = each<refreshes, unused_margin_has_no_other_effect>},
    Rule{.row = {.id = "RFC3261-REG-06",
                 .clause = "RFC 3261 §10.2.1.1",
                 .severity = Severity::should,
                 .sentence =
                     "A REGISTER proposes one expiry: in its Contact or in its Expires header.",
                 .observed = "Where both are present they agree."},
         .held = {"one expiry proposed in {}"},
         .judge = every<registers_of_device, two_expiries>,
         .is_about_content = true},
    Rule{.row = {.id = "RFC3261-REG-07",
                 .clause = "RFC 3261 §10.2.4",
                 .severity = Severity::must,
                 .sentence = "The device goes by the expiry that was granted to its own Contact, "
                             "not by another's and not by its own wish.",
                 .observed =
                     "After a 200 that grants something else than was asked, or lists several "
                     "contacts, the next REGISTER comes before the granted expiry is over."},
         .needs = {"a 200 that grants another expiry than was asked, or lists several contacts",
                   Blame::harness},
         .judge = each<attempt_pairs, follows_the_grant>},
    Rule{.row = {.id = "RFC3261-REG-08",
                 .clause = "RFC 3261 §10.2.4",
                 .severity = Severity::must,
                 .sentence =
                     "The expires parameter of a Contact in the 200 overrides its Expires header.",
                 .observed = "After a 200 in which they differ the next REGISTER comes before the "
                             "Contact's expiry is over."},
         .needs = {"a 200 whose Contact and Expires header grant different expiries",
                   Blame::harness},
         .judge = each<attempt_pairs, contact_beats_header>},
    Rule{.row = {.id = "RFC3261-REG-11",
                 .clause = "RFC 3261 §10.2.7",
                 .severity = Severity::should,
                 .sentence =
                     "The device does not try a registrar again at once when a REGISTER timed out.",
                 .observed = "The next attempt starts 5 s or more after start + 64*T1.",
                 .tolerance = "policy: 5 s"},
         .needs = {"an attempt after one that timed out", Blame::harness},
         .unless = leaves_early,
         .judge = each<attempt_pairs, waits_after_a_timeout>},
    Rule{.row = {.id = "RFC3261-REG-12",
                 .clause = "RFC 3261 §10.2.8, §20.23, §21.4.17",
                 .severity = Severity::should,
                 .sentence = "After a 423 the device asks again for at least Min-Expires.",
                 .observed = "The retry, within 5 s or with the same Call-ID later, asks for "
                             "Min-Expires or more, CSeq one higher; the same short value again "
                             "fails, no retry within 5 s is a warning.",
                 .tolerance = "policy: 5 s"},
         .needs = {"a REGISTER that is answered with 423 and Min-Expires", Blame::harness},
         .judge = each<register_transactions, asks_for_min_expires>},
    Rule{.row = {.id = "RFC3261-REG-13",
                 .clause = "RFC 3261 §10.2.4",
                 .severity = Severity::should,
                 .sentence = "A refresh goes to the address where the registration was made.",
                 .observed = "While a binding lives every REGISTER with its Call-ID and "
                             "Request-URI has the destination of the one that made it."},
         .needs = {"a refresh of a registration"},
         .judge = refreshes_where_it_registered},
    Rule{.row = {.id = "RFC3261-REG-14",
                 .clause = "RFC 3261 §10.2",
                 .severity = Severity::must,
                 .sentence = "Record-Route in a response to REGISTER is ignored.",
                 .observed = "The next REGISTER has no Route made of it."},
         .needs = {"a 200 to REGISTER with Record-Route, and a REGISTER after it", Blame::harness},
         .judge = each<register_transactions, ignores_record_route>},
    Rule{.row = {.id = "RFC3261-REG-15",
                 .clause = "RFC 3261 §21.4, §21.4.4",
                 .severity = Severity::should,
                 .sentence =
                     "A REGISTER that was refused with 403 or 404 is not repeated unchanged.",
                 .observed = "No REGISTER with the same Contact, expiry and credentials at that "
                             "server before the profile's wait, and never within 30 s.",
                 .tolerance = "profile: reg_retry_wait_403"},
         .needs = {"a REGISTER that is answered with 403 or 404", Blame::harness},
         .judge = each<register_transactions, does_not_repeat_what_was_refused>},
    Rule{.row = {.id = "RFC3261-REG-16",
                 .clause = "RFC 3261 §20.33, §21.5.4",
                 .severity = Severity::should,
                 .sentence =
                     "A registrar that answers 503 with Retry-After is left alone for that time.",
                 .observed = "No request outside a dialog reaches it between the 503 and the end "
                             "of Retry-After.",
                 .tolerance = "profile: registration"},
         .needs = {"a REGISTER that is answered with 503 and Retry-After", Blame::harness},
         .judge = each<register_transactions, leaves_a_busy_server_alone>},
    Rule{.row = {.id = "RFC3261-REG-17",
                 .clause = "RFC 3261 §10.2.2",
                 .severity = Severity::should,
                 .sentence =
                     "A binding is taken back with expiry 0; Contact \"*\" only with Expires: 0.",
                 .observed =
                     "Every REGISTER with \"*\" has Expires: 0 and no other Contact, else it "
                     "fails. A device that is shut down and tells one server tells both; its last "
                     "REGISTER "
                     "asks for no more time. One whose profile says unregisters_on_shutdown "
                     "tells both in any case."},
         .needs = {.what = "a REGISTER that takes a binding back", .waived = may_keep_bindings},
         .judge = takes_bindings_back},
    Rule{.row = {.id = "FO-EXPSHORT",
                 .clause = "RFC 3261 §10.2.4; guide, Configuration (Optional)",
                 .severity = Severity::must,
                 .sentence = "When a server cuts the expiry short the refreshes follow, even if "
                             "Reregister before Expiration is larger than what was granted.",
                 .observed = "The next REGISTER comes before the granted expiry is over; with R >= "
                             "E not sooner than 5 s or half of E after the 200.",
                 .tolerance = "policy: 5 s or E/2"},
         .needs = {"a 200 that cuts the expiry short", Blame::harness},
         .judge = each<refreshes, short_expiry_is_followed>},
};

}  // namespace

std::span<const Rule> rfc3261_10_answer_rules() {
  return rfc3261_10_answer;
}

}  // namespace sipharness::check
