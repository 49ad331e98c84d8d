// Subscriptions at two servers: all packages at both, message waiting at one, each server's on its
// own. @source guide.txt, "SIP Server Redundancy"; requirements AMB-2

#include "harness/observed/subscriptions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/living_notifies.hpp"
#include "harness/observed/message_waiting.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_names.hpp"

namespace sipharness::check {
namespace {

// --- All packages but message waiting ------------------------------------------------------------

std::string_view subscribes_to_nothing(const Phone& phone) {
  if (!packages(phone).empty()) return {};
  return "the device is not set to subscribe to anything at the servers";
}

void judge_beginning(const Phone& phone, const Subscription& here, const trace::Span& waited,
                     Occurrence it) {
  const std::string what = fmt::format("SUBSCRIBE for {} at the {} after both registrations",
                                       here.event, to_string(here.server));
  if (is_seen_from_its_boot(phone) || waited.until - waited.from <= policy::time_to_subscribe)
    it.within(waited, {.max = policy::time_to_subscribe}, what);
  else
    it.inconclusive(Blame::user, "{} comes late; {}", what, boot_unseen);
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
    it.inconclusive(Blame::user, "{}; {}", seen, boot_unseen);
}

/// `second`: when the second of the two servers had accepted the registration.
void judge_package(const Phone& phone, Judge& judge, const std::string& event, CaptureTime second) {
  const CaptureTime deadline = second + policy::time_to_subscribe;
  const CaptureTime seen_until = std::min(phone.trace.last, deadline);
  for (const ServerRole server : both_servers) {
    const Subscription* here = subscription_at(phone, server, event);
    const Subscription* there = subscription_at(phone, other(server), event);
    if (here == nullptr && there == nullptr)
      return judge.inconclusive(
          {}, Blame::device, fmt::format("no SUBSCRIBE for {} at all: it is probably off", event));
    const bool was_fit = !possible_outage(phone, server, second, deadline);
    const CaptureTime begun = here != nullptr ? std::max(begun_by(phone, *here), second) : second;
    if (here != nullptr && (begun <= deadline || was_fit))
      judge_beginning(phone, *here, {second, begun}, {phone, judge, *here});
    else if (here == nullptr && was_fit && next_power_change(phone, second) >= seen_until)
      judge_missing(phone, *there, deadline, {phone, judge, *there});
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

std::string_view has_no_message_waiting(const Phone& phone) {
  const MessageWaiting& last = message_waiting(phone);
  if (phone.profile.mwi_subscribe || last.at_primary || last.at_secondary || last.instead)
    return {};
  return "the device is not set to subscribe to message waiting";
}

void message_waiting_goes_to_one(const Phone& phone, Judge& judge) {
  const MessageWaiting& last = message_waiting(phone);
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

void a_notify_is_taken(const Phone& phone, const Transaction& notify, Occurrence& it) {
  const Message& request = opening(phone, notify);
  const CaptureTime timeout = request.at + phone.profile.timers.sixty_four_t1();
  if (!notify.final && phone.trace.last <= timeout) return;
  it.about(request);
  if (!notify.final && phone.trace.vantage != trace::Vantage::device)
    return it.inconclusive(Blame::network,
                           "not captured at the device: the NOTIFY may not have come");
  const std::string_view server = named(notify.server);
  if (!notify.final)
    it.violated("a NOTIFY of {} is not answered within 64*T1", server);
  else if (is_accepted(phone, notify))
    it.pass("a NOTIFY of {} is taken", server);
  else
    it.violated("a NOTIFY of {} is answered with {}", server, final_status(phone, notify));
}

// --- Each server's on its own --------------------------------------------------------------------

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
    const ServerRole lost = other(one.server);
    if (const Transaction* astray = strayed(one))
      Occurrence(phone, judge, *astray)
          .violated("a SUBSCRIBE of the {}'s dialog goes to the {}", to_string(one.server),
                    to_string(lost));
    const auto fault = first_fault(phone, lost);
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
         .judge = each<living_notifies, a_notify_is_taken>},
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
