// Subscriptions at two servers: all packages at both, message waiting at one, each server's on its
// own. @source guide.txt, "SIP Server Redundancy"; requirements AMB-2

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/judge.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/subscriptions.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;
using verdict::Blame;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

/// policy: how soon after the second registration both servers must be subscribed (GRP-SUB-01).
constexpr Duration time_to_subscribe = 30s;

/// The first registration that a server accepted.
std::optional<CaptureTime> registered_at(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (attempt->ok && !attempt->unregister) return attempt->ok;
  return std::nullopt;
}

// --- All packages but message waiting ------------------------------------------------------------

/// The packages that the device is set to or that it asked for.
std::set<std::string> packages(const Phone& phone, const std::vector<Subscription>& all) {
  std::set<std::string> events(phone.profile.subscriptions.begin(),
                               phone.profile.subscriptions.end());
  for (const Subscription& one : all)
    if (!one.is_message_waiting() && one.server != ServerRole::none) events.insert(one.event);
  if (phone.profile.blf_server) events.erase("dialog");
  return events;
}

const Subscription* subscription_at(const std::vector<Subscription>& all, ServerRole server,
                                    const std::string& event) {
  const auto found = std::ranges::find_if(
      all, [&](const Subscription& one) { return one.server == server && one.event == event; });
  return found == all.end() ? nullptr : &*found;
}

/// When the capture began after the boot it may show no more than that there is one.
CaptureTime begun_by(const Phone& phone, const Subscription& subscription) {
  const trace::Message& first = opening(phone, *subscription.asked.front());
  return first.sip.to_tag().empty() ? first.at : phone.trace.first;
}

void judge_beginning(const Phone& phone, Judge& judge, const Subscription& here,
                     const Measurement& after) {
  const std::string what = fmt::format("SUBSCRIBE for {} at the {} after both registrations",
                                       here.event, to_string(here.server));
  if (is_seen_from_its_boot(phone) || after.end - after.start <= time_to_subscribe)
    judge.within(evidence_of(phone, here), after, what);
  else
    judge.inconclusive(evidence_of(phone, here), Blame::user,
                       what + " comes late; the capture may begin long after the device booted");
}

void judge_package(const Phone& phone, Judge& judge, const std::vector<Subscription>& all,
                   const std::string& event) {
  const CaptureTime second = std::max(*registered_at(phone, ServerRole::primary),
                                      *registered_at(phone, ServerRole::secondary));
  const CaptureTime deadline = second + time_to_subscribe;
  const Subscription* primary = subscription_at(all, ServerRole::primary, event);
  const Subscription* secondary = subscription_at(all, ServerRole::secondary, event);
  if (primary == nullptr && secondary == nullptr)
    return judge.inconclusive({}, Blame::device,
                              fmt::format("no SUBSCRIBE for {} at all: it is probably off", event));
  for (const ServerRole server : both) {
    const Subscription* here = server == ServerRole::primary ? primary : secondary;
    const Subscription* there = server == ServerRole::primary ? secondary : primary;
    const auto fault = next_fault(phone, server, second);
    const bool was_fit = !fault || *fault > deadline;
    if (here != nullptr) {
      const CaptureTime begun = std::max(begun_by(phone, *here), second);
      if (begun > deadline && !was_fit) continue;
      judge_beginning(phone, judge, *here,
                      {.start = second, .end = begun, .window = {.max = time_to_subscribe}});
      continue;
    }
    if (!was_fit || phone.trace.last < deadline || next_power_change(phone, second) < deadline)
      continue;
    const std::string seen = fmt::format("no SUBSCRIBE for {} at the {}", event, to_string(server));
    if (is_seen_from_its_boot(phone))
      judge.violated(evidence_of(phone, *there), seen);
    else
      judge.inconclusive(evidence_of(phone, *there), Blame::user,
                         seen + "; the capture may begin long after the device booted");
  }
}

void subscribes_at_both(const Phone& phone, Judge& judge) {
  const auto all = subscriptions(phone);
  const auto events = packages(phone, all);
  if (events.empty())
    return judge.not_applicable("the device is not set to subscribe to anything at the servers");
  judge.needs("a registration accepted by each server");
  if (!registered_at(phone, ServerRole::primary) || !registered_at(phone, ServerRole::secondary))
    return;
  for (const std::string& event : events) judge_package(phone, judge, all, event);
}

// --- Message waiting -----------------------------------------------------------------------------

/// The server answers, as far as the device and the journal know.
bool is_up(const Phone& phone, ServerRole server, CaptureTime at) {
  const bool is_registered = !phone.profile.registers || registered(phone, server, at);
  return is_registered && !known_down(phone, server, at) && !is_out(phone, server, at);
}

/// The server left the device's newest SUBSCRIBE for message waiting without an answer, or refused
/// it: then the other one may be asked although this one is up.
bool has_refused(const Phone& phone, const std::vector<Subscription>& all, ServerRole server,
                 CaptureTime at) {
  const Transaction* newest = nullptr;
  for (const Subscription& one : all)
    for (const Transaction* subscribe : one.asked)
      if (one.is_message_waiting() && subscribe->server == server &&
          opening(phone, *subscribe).at < at)
        newest = subscribe;
  if (newest == nullptr) return false;
  if (!newest->final || phone.at(*newest->final) > at)
    return at >= opening(phone, *newest).at + phone.profile.request_timeout();
  const int status = phone.message(*newest->final).sip.status();
  return status >= 300 && status != 401 && status != 407 && status != 423 && status != 481;
}

void message_waiting_goes_to_one(const Phone& phone, Judge& judge) {
  std::array<const Transaction*, 2> asked{};
  const Transaction* instead = nullptr;
  const auto all = subscriptions(phone);
  for (const Subscription& one : all) {
    if (!one.is_message_waiting()) continue;
    for (const Transaction* subscribe : one.asked) {
      const CaptureTime at = opening(phone, *subscribe).at;
      if (ends(phone, *subscribe) || subscribe->server == ServerRole::none) continue;
      const bool is_primary = subscribe->server == ServerRole::primary;
      const bool primary_is_up = is_up(phone, ServerRole::primary, at);
      const bool stands_in =
          !is_primary && (!primary_is_up || has_refused(phone, all, ServerRole::primary, at));
      if (stands_in)
        instead = subscribe;
      else if (primary_is_up && is_up(phone, ServerRole::secondary, at))
        asked[is_primary ? 0 : 1] = subscribe;
      else if (is_primary && !known_down(phone, ServerRole::primary, at))
        asked[0] = subscribe;
    }
  }
  const bool is_seen = asked[0] != nullptr || asked[1] != nullptr || instead != nullptr;
  if (!phone.profile.mwi_subscribe && !is_seen)
    return judge.not_applicable("the device is not set to subscribe to message waiting");
  judge.needs("a SUBSCRIBE for message waiting: the feature is probably off");
  if (asked[0] != nullptr && asked[1] != nullptr)
    judge.violated(evidence_of(phone, *asked[1]),
                   "message waiting at both servers while both are up");
  else if (asked[1] != nullptr)
    judge.warn(evidence_of(phone, *asked[1]),
               "message waiting at the secondary alone while both are up");
  else if (asked[0] != nullptr)
    judge.pass(evidence_of(phone, *asked[0]), "message waiting at the primary alone");
  else if (instead != nullptr)
    judge.pass(evidence_of(phone, *instead),
               "message waiting at the secondary, while the primary does not give it");
}

// --- NOTIFY --------------------------------------------------------------------------------------

/// The subscription was alive for the device when this came.
bool is_alive(const Phone& phone, const Subscription& subscription, CaptureTime at) {
  if (is_switched_off(phone, at)) return false;
  std::optional<std::size_t> newest;
  for (std::size_t i = 0; i < subscription.asked.size(); ++i)
    if (opening(phone, *subscription.asked[i]).at <= at) newest = i;
  if (!newest || ends(phone, *subscription.asked[*newest])) return false;
  const Transaction& subscribe = *subscription.asked[*newest];
  const CaptureTime given_up = opening(phone, subscribe).at + phone.profile.request_timeout();
  const CaptureTime answered = subscribe.final ? phone.at(*subscribe.final) : CaptureTime::max();
  if (answered > at) return at < given_up;
  if (answered >= given_up) return false;
  const trace::Message* answer = acceptance(phone, subscribe);
  return answer != nullptr && at < answer->at + granted_by(phone, subscribe);
}

/// A later NOTIFY of the dialog came first: the lower number may be refused (RFC 3261 §12.2.2).
bool was_overtaken(const Phone& phone, const Subscription& subscription,
                   const Transaction& notify) {
  const std::size_t came =
      phone.trace.vantage == trace::Vantage::device ? notify.sends.front() : notify.sends.back();
  return std::ranges::any_of(subscription.notified, [&](const Transaction* other) {
    return other->sends.front() < came &&
           opening(phone, *other).sip.cseq() > opening(phone, notify).sip.cseq();
  });
}

void judge_notify(const Phone& phone, Judge& judge, const Transaction& notify) {
  const trace::Message& request = opening(phone, notify);
  const Evidence evidence{notify.server, request.sip.call_id(), {request.index}};
  const CaptureTime timeout = request.at + phone.profile.timers.sixty_four_t1();
  if (!notify.final && phone.trace.last <= timeout) return;
  if (!notify.final && phone.trace.vantage != trace::Vantage::device)
    return judge.inconclusive(evidence, Blame::network,
                              "not captured at the device: the NOTIFY may not have come");
  const int status = notify.final ? phone.message(*notify.final).sip.status() : 0;
  if (status / 100 == 2)
    judge.pass(evidence, fmt::format("a NOTIFY of the {} is taken", to_string(notify.server)));
  else if (status == 0)
    judge.violated(evidence, fmt::format("a NOTIFY of the {} is not answered within 64*T1",
                                         to_string(notify.server)));
  else
    judge.violated(evidence, fmt::format("a NOTIFY of the {} is answered with {}",
                                         to_string(notify.server), status));
}

void notifies_are_taken(const Phone& phone, Judge& judge) {
  judge.needs("a NOTIFY of each server in a subscription that it accepted");
  const auto all = subscriptions(phone);
  for (const Subscription& one : all) {
    if (one.is_message_waiting()) continue;
    for (const Transaction* notify : one.notified) {
      const trace::Message& request = opening(phone, *notify);
      if (!state_in(request.sip).is_terminated() && is_alive(phone, one, request.at) &&
          !was_overtaken(phone, one, *notify))
        judge_notify(phone, judge, *notify);
    }
  }
}

// --- Each server's on its own --------------------------------------------------------------------

/// A SUBSCRIBE of this subscription's dialog went to the other server.
const Transaction* strayed(const Subscription& subscription) {
  for (const Transaction* subscribe : subscription.asked)
    if (subscribe->server == other(subscription.server)) return subscribe;
  return nullptr;
}

/// How the subscription at the healthy server fares after the other one's fault.
void judge_survival(const Phone& phone, Judge& judge, const Subscription& subscription,
                    CaptureTime fault) {
  if (subscription.notified.empty()) return;  // Timer N ends it (RFC6665-03)
  for (std::size_t i = 0; i < subscription.asked.size(); ++i) {
    const auto lapse = lapse_of(phone, subscription, i);
    const bool is_last = i + 1 == subscription.asked.size();
    if (!lapse || *lapse <= fault || next_power_change(phone, fault) <= *lapse) continue;
    const Evidence evidence = evidence_of(phone, subscription);
    const std::string_view lost = to_string(other(subscription.server));
    if (!is_last && !ends(phone, *subscription.asked[i + 1]))
      judge.pass(evidence, fmt::format("{} at the {} goes on without the {}", subscription.event,
                                       to_string(subscription.server), lost));
    else if (!is_last || phone.trace.last > *lapse)
      violated_unless_lost(phone, judge, evidence,
                           fmt::format("{} at the {} ends when the {} is lost", subscription.event,
                                       to_string(subscription.server), lost));
  }
}

void subscriptions_are_separate(const Phone& phone, Judge& judge) {
  judge.needs("subscriptions at both servers, or one that outlives the other server");
  const auto all = subscriptions(phone);
  std::array<const Subscription*, 2> seen{};
  for (const Subscription& one : all) {
    if (one.is_message_waiting() || one.server == ServerRole::none) continue;
    seen[one.server == ServerRole::primary ? 0 : 1] = &one;
    if (const Transaction* astray = strayed(one))
      judge.violated(evidence_of(phone, *astray),
                     fmt::format("a SUBSCRIBE of the {}'s dialog goes to the {}",
                                 to_string(one.server), to_string(other(one.server))));
    const auto fault = first_fault(phone, other(one.server));
    if (fault && !first_fault(phone, one.server)) judge_survival(phone, judge, one, *fault);
  }
  if (seen[0] == nullptr || seen[1] == nullptr) return;
  Evidence evidence = evidence_of(phone, *seen[0]);
  evidence.messages.push_back(evidence_of(phone, *seen[1]).messages.front());
  judge.pass(evidence, "each server has a dialog of its own");
}

constexpr std::array table{
    Check{"GRP-SUB-01", subscribes_at_both},
    Check{"GRP-SUB-02", message_waiting_goes_to_one},
    Check{"GRP-SUB-03", notifies_are_taken},
    Check{"RFC6665-06", subscriptions_are_separate},
};

}  // namespace

std::span<const Check> guide_subscription_checks() {
  return table;
}

}  // namespace sipharness::check
