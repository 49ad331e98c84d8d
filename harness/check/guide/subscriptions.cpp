// Subscriptions at two servers: all packages at both, message waiting at one, each server's on its
// own. @source guide.txt, "SIP Server Redundancy"; requirements AMB-2

#include "harness/observed/subscriptions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"

namespace sipharness::check {
namespace {

// --- All packages but message waiting ------------------------------------------------------------

/// The packages that the device is set to or that it asked for.
std::set<std::string> packages(const Phone& phone) {
  std::set<std::string> events(phone.profile.subscriptions.begin(),
                               phone.profile.subscriptions.end());
  for (const Subscription& one : subscriptions(phone))
    if (!one.is_message_waiting() && one.server != ServerRole::none) events.insert(one.event);
  if (phone.profile.blf_server) events.erase("dialog");
  return events;
}

std::string_view subscribes_to_nothing(const Phone& phone) {
  if (!packages(phone).empty()) return {};
  return "the device is not set to subscribe to anything at the servers";
}

const Subscription* subscription_at(const Phone& phone, ServerRole server,
                                    const std::string& event) {
  const auto& all = subscriptions(phone);
  const auto found = std::ranges::find_if(
      all, [&](const Subscription& one) { return one.server == server && one.event == event; });
  return found == all.end() ? nullptr : &*found;
}

/// When the capture began after the boot it may show no more than that there is one.
CaptureTime begun_by(const Phone& phone, const Subscription& subscription) {
  const Message& first = opening(phone, *subscription.asked.front());
  return first.sip.to_tag().empty() ? first.at : phone.trace.first;
}

void judge_beginning(const Phone& phone, const Subscription& here, const Measurement& after,
                     Occurrence it) {
  const std::string what = fmt::format("SUBSCRIBE for {} at the {} after both registrations",
                                       here.event, to_string(here.server));
  if (is_seen_from_its_boot(phone) || after.measured() <= policy::time_to_subscribe)
    it.within(after, what);
  else
    it.inconclusive(Blame::user,
                    what + " comes late; the capture may begin long after the device booted");
}

void judge_missing(const Phone& phone, const Subscription& there, CaptureTime deadline,
                   Occurrence it) {
  const std::string seen =
      fmt::format("no SUBSCRIBE for {} at the {}", there.event, to_string(other(there.server)));
  if (phone.trace.last < deadline)
    it.inconclusive(Blame::user, seen + "; the capture ends before it is due");
  else if (is_seen_from_its_boot(phone))
    it.violated(seen);
  else
    it.inconclusive(Blame::user, seen + "; the capture may begin long after the device booted");
}

/// `second`: when the second of the two servers had accepted the registration.
void judge_package(const Phone& phone, Judge& judge, const std::string& event, CaptureTime second) {
  const CaptureTime deadline = second + policy::time_to_subscribe;
  if (!subscription_at(phone, ServerRole::primary, event) &&
      !subscription_at(phone, ServerRole::secondary, event))
    return judge.inconclusive({}, Blame::device,
                              fmt::format("no SUBSCRIBE for {} at all: it is probably off", event));
  for (const ServerRole server : both_servers) {
    const Subscription* here = subscription_at(phone, server, event);
    const bool was_fit = !possible_outage(phone, server, second, deadline);
    if (here == nullptr) {
      const Subscription& there = *subscription_at(phone, other(server), event);
      const CaptureTime seen_until = std::min(phone.trace.last, deadline);
      if (was_fit && next_power_change(phone, second) >= seen_until)
        judge_missing(phone, there, deadline, {phone, judge, there});
      continue;
    }
    const CaptureTime begun = std::max(begun_by(phone, *here), second);
    if (begun <= deadline || was_fit)
      judge_beginning(phone, *here,
                      {.start = second, .end = begun, .window = {.max = policy::time_to_subscribe}},
                      {phone, judge, *here});
  }
}

void subscribes_at_both(const Phone& phone, Judge& judge) {
  const RegisterAttempt* primary = first_accepted(phone, ServerRole::primary);
  const RegisterAttempt* secondary = first_accepted(phone, ServerRole::secondary);
  if (primary == nullptr || secondary == nullptr) return;
  for (const std::string& event : packages(phone))
    judge_package(phone, judge, event, std::max(*primary->ok, *secondary->ok));
}

// --- Message waiting -----------------------------------------------------------------------------

CaptureTime sent_at(const Phone& phone, const Transaction& transaction) {
  return opening(phone, transaction).at;
}

/// The newest of the SUBSCRIBEs, which are in time order, that was sent before `at`.
const Transaction* newest_before(const Phone& phone, const std::vector<const Transaction*>& asked,
                                 CaptureTime at) {
  const auto next = std::ranges::lower_bound(
      asked, at, {}, [&](const Transaction* one) { return sent_at(phone, *one); });
  return next == asked.begin() ? nullptr : *std::prev(next);
}

/// The server answers, as far as the device and the journal know.
bool is_up(const Phone& phone, ServerRole server, CaptureTime at) {
  const bool is_registered = !phone.profile.registers || registered(phone, server, at);
  return is_registered && !known_down(phone, server, at) && !is_out(phone, server, at);
}

/// What went to the primary, by time.
std::vector<const Transaction*> find_asked_of_primary(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Subscription& one : subscriptions(phone))
    for (const Transaction* subscribe : one.asked)
      if (one.is_message_waiting() && subscribe->server == ServerRole::primary)
        found.push_back(subscribe);
  std::ranges::stable_sort(found, {}, [&](const Transaction* one) { return sent_at(phone, *one); });
  return found;
}

/// The primary left the device's newest SUBSCRIBE for message waiting without an answer, or refused
/// it: then the secondary may be asked although the primary is up.
bool has_primary_refused(const Phone& phone, CaptureTime at) {
  const Transaction* newest = newest_before(phone, phone.derived<find_asked_of_primary>(), at);
  if (newest == nullptr) return false;
  if (!newest->final || phone.at(*newest->final) > at)
    return at >= opening(phone, *newest).at + phone.profile.request_timeout();
  const int status = phone.message(*newest->final).sip.status();
  return status >= 300 && status != 401 && status != 407 && status != 423 && status != 481;
}

/// The last SUBSCRIBE for message waiting at each server, and at the secondary where the primary
/// does not give it. Null: there is none.
struct MessageWaiting {
  const Transaction* at_primary = nullptr;
  const Transaction* at_secondary = nullptr;
  const Transaction* instead = nullptr;
};

void note(const Phone& phone, const Transaction& subscribe, MessageWaiting& last) {
  const CaptureTime at = opening(phone, subscribe).at;
  if (ends(phone, subscribe) || subscribe.server == ServerRole::none) return;
  const bool is_at_primary = subscribe.server == ServerRole::primary;
  const bool is_primary_up = is_up(phone, ServerRole::primary, at);
  if (!is_at_primary && (!is_primary_up || has_primary_refused(phone, at)))
    last.instead = &subscribe;
  else if (is_primary_up && is_up(phone, ServerRole::secondary, at))
    (is_at_primary ? last.at_primary : last.at_secondary) = &subscribe;
  else if (is_at_primary && !known_down(phone, ServerRole::primary, at))
    last.at_primary = &subscribe;
}

MessageWaiting find_message_waiting(const Phone& phone) {
  MessageWaiting last;
  for (const Subscription& one : subscriptions(phone))
    if (one.is_message_waiting())
      for (const Transaction* subscribe : one.asked) note(phone, *subscribe, last);
  return last;
}

std::string_view has_no_message_waiting(const Phone& phone) {
  const MessageWaiting& last = phone.derived<find_message_waiting>();
  if (phone.profile.mwi_subscribe || last.at_primary || last.at_secondary || last.instead)
    return {};
  return "the device is not set to subscribe to message waiting";
}

void message_waiting_goes_to_one(const Phone& phone, Judge& judge) {
  const MessageWaiting& last = phone.derived<find_message_waiting>();
  if (last.at_primary && last.at_secondary)
    judge.violated(evidence_of(phone, *last.at_secondary),
                   "message waiting at both servers while both are up");
  else if (last.at_secondary)
    judge.warn(evidence_of(phone, *last.at_secondary),
               "message waiting at the secondary alone while both are up");
  else if (last.at_primary)
    judge.pass(evidence_of(phone, *last.at_primary), "message waiting at the primary alone");
  else if (last.instead)
    judge.pass(evidence_of(phone, *last.instead),
               "message waiting at the secondary, while the primary does not give it");
}

// --- NOTIFY --------------------------------------------------------------------------------------

/// The subscription was alive for the device when this came.
bool is_alive(const Phone& phone, const Subscription& subscription, CaptureTime at) {
  if (is_switched_off(phone, at)) return false;
  const Transaction* newest = newest_before(phone, subscription.asked, at + Duration(1));
  if (newest == nullptr || ends(phone, *newest)) return false;
  const CaptureTime timeout = opening(phone, *newest).at + phone.profile.request_timeout();
  const CaptureTime answered = newest->final ? phone.at(*newest->final) : CaptureTime::max();
  if (answered > at) return at < timeout;
  if (answered >= timeout) return false;
  const Message* answer = acceptance(phone, *newest);
  return answer != nullptr && at < answer->at + granted_by(phone, *newest);
}

/// Per NOTIFY of a subscription: the highest CSeq number up to it.
std::vector<std::uint32_t> highest_numbers(const Phone& phone, const Subscription& subscription) {
  std::vector<std::uint32_t> highest;
  for (const Transaction* notify : subscription.notified) {
    const std::uint32_t number = opening(phone, *notify).sip.cseq();
    highest.push_back(highest.empty() ? number : std::max(highest.back(), number));
  }
  return highest;
}

/// A later NOTIFY of the dialog came first: the lower number may be refused (RFC 3261 §12.2.2).
bool was_overtaken(const Phone& phone, const Subscription& subscription,
                   const std::vector<std::uint32_t>& highest, const Transaction& notify) {
  const std::size_t came =
      phone.trace.vantage == trace::Vantage::device ? notify.sends.front() : notify.sends.back();
  const auto next = std::ranges::lower_bound(
      subscription.notified, came, {}, [](const Transaction* one) { return one->sends.front(); });
  const auto before = static_cast<std::size_t>(next - subscription.notified.begin());
  return before > 0 && highest[before - 1] > opening(phone, notify).sip.cseq();
}

void judge_notify(const Phone& phone, const Transaction& notify, Occurrence it) {
  const CaptureTime timeout = opening(phone, notify).at + phone.profile.timers.sixty_four_t1();
  if (!notify.final && phone.trace.last <= timeout) return;
  if (!notify.final && phone.trace.vantage != trace::Vantage::device)
    return it.inconclusive(Blame::network,
                           "not captured at the device: the NOTIFY may not have come");
  const std::string_view server = to_string(notify.server);
  const int status = final_status(phone, notify);
  if (status / 100 == 2)
    it.pass("a NOTIFY of the {} is taken", server);
  else if (status == 0)
    it.violated("a NOTIFY of the {} is not answered within 64*T1", server);
  else
    it.violated("a NOTIFY of the {} is answered with {}", server, status);
}

void notifies_are_taken(const Phone& phone, Judge& judge) {
  for (const Subscription& one : subscriptions(phone)) {
    if (one.is_message_waiting()) continue;
    const std::vector<std::uint32_t> highest = highest_numbers(phone, one);
    for (const Transaction* notify : one.notified) {
      const Message& request = opening(phone, *notify);
      if (!state_in(request.sip).is_terminated() && is_alive(phone, one, request.at) &&
          !was_overtaken(phone, one, highest, *notify))
        judge_notify(phone, *notify, {phone, judge, request});
    }
  }
}

// --- Each server's on its own --------------------------------------------------------------------

/// A SUBSCRIBE of this subscription's dialog went to the other server.
const Transaction* strayed(const Subscription& subscription) {
  const auto found = std::ranges::find(subscription.asked, other(subscription.server),
                                       [](const Transaction* one) { return one->server; });
  return found == subscription.asked.end() ? nullptr : *found;
}

/// How the subscription at the healthy server fares after the other one's fault.
void judge_survival(const Phone& phone, const Subscription& subscription, CaptureTime fault,
                    Occurrence it) {
  if (subscription.notified.empty()) return;  // Timer N ends it (RFC6665-03)
  const std::string_view server = to_string(subscription.server);
  const std::string_view lost = to_string(other(subscription.server));
  for (std::size_t i = 0; i < subscription.asked.size(); ++i) {
    const auto lapse = lapse_of(phone, subscription, i);
    const bool is_last = i + 1 == subscription.asked.size();
    if (!lapse || *lapse <= fault || next_power_change(phone, fault) <= *lapse) continue;
    if (!is_last && !ends(phone, *subscription.asked[i + 1]))
      it.pass("{} at the {} goes on without the {}", subscription.event, server, lost);
    else if (!is_last || phone.trace.last > *lapse)
      it.violated_unless_lost("{} at the {} ends when the {} is lost", subscription.event, server,
                              lost);
  }
}

void subscriptions_are_separate(const Phone& phone, Judge& judge) {
  const Subscription* at_primary = nullptr;
  const Subscription* at_secondary = nullptr;
  for (const Subscription& one : subscriptions(phone)) {
    if (one.is_message_waiting() || one.server == ServerRole::none) continue;
    (one.server == ServerRole::primary ? at_primary : at_secondary) = &one;
    if (const Transaction* astray = strayed(one))
      judge.violated(evidence_of(phone, *astray),
                     fmt::format("a SUBSCRIBE of the {}'s dialog goes to the {}",
                                 to_string(one.server), to_string(other(one.server))));
    const auto fault = first_fault(phone, other(one.server));
    if (fault && !possible_outage(phone, one.server, CaptureTime::min(), CaptureTime::max()))
      judge_survival(phone, one, *fault, {phone, judge, one});
  }
  if (at_primary == nullptr || at_secondary == nullptr) return;
  Occurrence(phone, judge, *at_primary)
      .cite(opening(phone, *at_secondary->asked.front()).index)
      .pass("each server has a dialog of its own");
}

const std::array guide_subscription{
    Rule{.row = {.id = "GRP-SUB-01",
                 .clause = "guide, SIP Server Redundancy",
                 .severity = Severity::vendor,
                 .sentence =
                     "The device subscribes at both servers, to everything but message waiting.",
                 .observed = "For each event package that it is set to, other than "
                             "message-summary, a SUBSCRIBE reaches the primary and the secondary "
                             "within 30 s of the later registration.",
                 .tolerance = "policy: 30 s"},
         .needs = {"a registration accepted by each server"},
         .unless = subscribes_to_nothing,
         .judge = subscribes_at_both},
    Rule{.row = {.id = "GRP-SUB-02",
                 .clause = "guide, SIP Server Redundancy",
                 .severity = Severity::vendor,
                 .sentence = "The device does not subscribe to message waiting at both servers.",
                 .observed = "While both servers are up, SUBSCRIBEs for message-summary that ask "
                             "for time go to one of them only; the secondary alone is a warning. "
                             "While the primary is known to be down, the secondary may have it."},
         .needs = {"a SUBSCRIBE for message waiting: the feature is probably off"},
         .unless = has_no_message_waiting,
         .judge = message_waiting_goes_to_one},
    Rule{.row = {.id = "GRP-SUB-03",
                 .clause = "guide, SIP Server Redundancy; RFC 6665 §4.1.3",
                 .severity = Severity::vendor,
                 .sentence = "The device takes the NOTIFYs of both servers in these subscriptions.",
                 .observed = "Each NOTIFY in a living subscription, of either server, is answered "
                             "with 2xx within 64*T1.",
                 .tolerance = "profile: timer"},
         .needs = {"a NOTIFY of each server in a subscription that it accepted"},
         .judge = notifies_are_taken},
    Rule{.row = {.id = "RFC6665-06",
                 .clause = "RFC 6665 §4.1; guide, SIP Server Redundancy",
                 .severity = Severity::vendor,
                 .sentence = "The subscriptions at the two servers live separately: losing one "
                             "server does not end those at the other.",
                 .observed =
                     "No SUBSCRIBE of one server's dialog goes to the other, and while one server "
                     "is in trouble the subscriptions at the other are refreshed on."},
         .needs = {"subscriptions at both servers, or one that outlives the other server"},
         .judge = subscriptions_are_separate},
};

}  // namespace

std::span<const Rule> guide_subscription_rules() {
  return guide_subscription;
}

}  // namespace sipharness::check
