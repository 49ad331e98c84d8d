#include "harness/observed/subscriptions.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_set>
#include <utility>

#include "harness/observed/client_transactions.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/seconds.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;
using std::chrono::seconds;

class SubscriptionFinder {
 public:
  explicit SubscriptionFinder(const Phone& phone) : phone_(phone) {}

  std::vector<Subscription> find() {
    for (const Transaction& transaction : transactions(phone_)) {
      const bool is_ours = transaction.direction == Direction::from_device;
      if (is_ours && transaction.method == sip::Method::subscribe) take_subscribe(transaction);
      if (!is_ours && transaction.method == sip::Method::notify) take_notify(transaction);
    }
    return std::move(found_);
  }

 private:
  using Dialog = std::pair<std::string_view, std::string_view>;  ///< Call-ID and the device's tag

  /// The newest one.
  Subscription* known(const Dialog& dialog) {
    const auto newest = newest_.find(dialog);
    return newest == newest_.end() ? nullptr : &found_[newest->second];
  }

  /// The newest SUBSCRIBE was challenged, so the next one goes on with it.
  bool was_challenged(const Subscription& subscription) const {
    const auto& final = subscription.asked.back()->final;
    const int status = final ? phone_.message(*final).sip.status() : 0;
    return status == 401 || status == 407;
  }

  void take_subscribe(const Transaction& transaction) {
    const sip::MessageView& request = opening(phone_, transaction).sip;
    Subscription* subscription = known({request.call_id(), request.from_tag()});
    const bool is_initial = request.to_tag().empty();
    if (subscription == nullptr || (is_initial && !was_challenged(*subscription))) {
      newest_[{request.call_id(), request.from_tag()}] = found_.size();
      found_.push_back({.server = transaction.server,
                        .event = std::string(event_of(request)),
                        .call_id = request.call_id(),
                        .from_tag = request.from_tag()});
      subscription = &found_.back();
    }
    if (is_initial) subscription->initial = subscription->asked.size();
    subscription->asked.push_back(&transaction);
  }

  void take_notify(const Transaction& transaction) {
    const sip::MessageView& request = opening(phone_, transaction).sip;
    if (request.to_tag().empty()) return;
    Subscription* subscription = known({request.call_id(), request.to_tag()});
    if (subscription != nullptr) subscription->notified.push_back(&transaction);
  }

  const Phone& phone_;
  std::vector<Subscription> found_;
  std::map<Dialog, std::size_t> newest_;
};

std::optional<seconds> seconds_in(std::string_view parameters, std::string_view name) {
  return sip::seconds_in(sip::find_parameter(parameters, name));
}

/// The URI that a SUBSCRIBE is for; empty if its To cannot be read.
std::string resource_of(const Phone& phone, const Transaction& subscribe) {
  const auto to = sip::parse_address(opening(phone, subscribe).sip.header(HeaderId::to));
  return to ? std::string(to->uri) : std::string();
}

/// SUBSCRIBEs that begin a subscription, by resource as written, each list by time.
using Beginnings = std::map<std::string, std::vector<const Transaction*>>;
using BeginningsByPackage = std::map<std::pair<ServerRole, std::string_view>, Beginnings>;

BeginningsByPackage find_beginnings(const Phone& phone) {
  BeginningsByPackage found;
  for (const Subscription& one : subscriptions(phone)) {
    const Transaction& first = *one.asked.front();
    if (!opening(phone, first).sip.to_tag().empty()) continue;
    found[{one.server, one.event}][resource_of(phone, first)].push_back(&first);
  }
  return found;
}

}  // namespace

std::vector<Subscription> find_subscriptions(const Phone& phone) {
  return SubscriptionFinder(phone).find();
}

std::vector<const Transaction*> find_subscribes(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == sip::Method::subscribe &&
        transaction.direction == Direction::from_device)
      found.push_back(&transaction);
  return found;
}

std::vector<const Transaction*> find_unasked_notifies(const Phone& phone) {
  std::unordered_set<const Transaction*> asked;
  for (const Subscription& one : subscriptions(phone))
    asked.insert(one.notified.begin(), one.notified.end());
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == sip::Method::notify &&
        transaction.direction == Direction::to_device && !asked.contains(&transaction))
      found.push_back(&transaction);
  return found;
}

std::string_view event_of(const sip::MessageView& message) {
  const std::string_view value = message.header(HeaderId::event);
  return sip::trim(value.substr(0, value.find(';')));
}

SubscriptionState state_in(const sip::MessageView& notify) {
  const std::string_view value = notify.header(HeaderId::subscription_state);
  const std::size_t end = std::min(value.find(';'), value.size());
  const std::string_view parameters = value.substr(end);
  return {.word = sip::trim(value.substr(0, end)),
          .reason = sip::find_parameter(parameters, "reason").value_or(""),
          .expires = seconds_in(parameters, "expires"),
          .retry_after = seconds_in(parameters, "retry-after")};
}

const Message* acceptance(const Phone& phone, const Transaction& subscribe) {
  if (!subscribe.final) return nullptr;
  const Message& answer = phone.message(*subscribe.final);
  return answer.sip.is_success() ? &answer : nullptr;
}

bool ends(const Phone& phone, const Transaction& subscribe) {
  return opening(phone, subscribe).sip.expires() == 0u;
}

Duration granted_by(const Phone& phone, const Transaction& subscribe) {
  const Message* answer = acceptance(phone, subscribe);
  if (answer == nullptr) return Duration::zero();
  const auto asked = opening(phone, subscribe).sip.expires();
  return seconds(answer->sip.expires().value_or(asked.value_or(0)));
}

std::optional<CaptureTime> lapse_of(const Phone& phone, const Subscription& subscription,
                                    std::size_t index) {
  const Transaction& subscribe = *subscription.asked[index];
  const Message* answer = acceptance(phone, subscribe);
  const Duration granted = granted_by(phone, subscribe);
  if (answer == nullptr || granted == Duration::zero()) return std::nullopt;
  CaptureTime lapse = answer->at + granted;
  const CaptureTime until = index + 1 < subscription.asked.size()
                                ? opening(phone, *subscription.asked[index + 1]).at
                                : phone.trace.last;
  const auto time_of = [&](const Transaction* notify) { return opening(phone, *notify).at; };
  auto notify =
      std::ranges::lower_bound(subscription.notified, opening(phone, subscribe).at, {}, time_of);
  for (; notify != subscription.notified.end(); ++notify) {
    const Message& message = opening(phone, **notify);
    if (message.at >= std::min(until, lapse)) break;
    const SubscriptionState state = state_in(message.sip);
    const bool was_refused = (*notify)->final && !phone.message(*(*notify)->final).sip.is_success();
    if (state.is_terminated() || was_refused) return std::nullopt;
    // One that overtook the 2xx counted from before it: the 2xx has the later word.
    if (state.expires && message.at >= answer->at)
      lapse = std::min(lapse, message.at + *state.expires);
  }
  return lapse;
}

const Transaction* begun_anew(const Phone& phone, const Subscription& subscription,
                              CaptureTime at) {
  const std::string resource = resource_of(phone, *subscription.asked.front());
  const auto& by_package = phone.derived<find_beginnings>();
  const auto package = by_package.find({subscription.server, subscription.event});
  if (resource.empty() || package == by_package.end()) return nullptr;
  const auto time_of = [&](const Transaction* first) { return opening(phone, *first).at; };
  const Transaction* next = nullptr;
  for (const auto& [other, beginnings] : package->second) {
    const auto later = std::ranges::upper_bound(beginnings, at, {}, time_of);
    const bool is_sooner = later != beginnings.end() &&
                           (next == nullptr || (*later)->sends.front() < next->sends.front());
    if (is_sooner && sip::same_uri(resource, other)) next = *later;
  }
  return next;
}

std::set<std::string> packages(const Phone& phone) {
  std::set<std::string> events(phone.profile.subscriptions.begin(),
                               phone.profile.subscriptions.end());
  for (const Subscription& one : subscriptions(phone))
    if (!one.is_message_waiting() && one.server != ServerRole::none) events.insert(one.event);
  if (phone.profile.blf_server) events.erase("dialog");
  return events;
}

const Subscription* subscription_at(const Phone& phone, ServerRole server,
                                    const std::string& event) {
  const auto& all = subscriptions(phone);
  const auto found = std::ranges::find_if(
      all, [&](const Subscription& one) { return one.server == server && one.event == event; });
  return found == all.end() ? nullptr : &*found;
}

CaptureTime begun_by(const Phone& phone, const Subscription& subscription) {
  const Message& first = opening(phone, *subscription.asked.front());
  return first.sip.to_tag().empty() ? first.at : phone.trace.first;
}

const Transaction* newest_before(const Phone& phone, const std::vector<const Transaction*>& asked,
                                 CaptureTime at) {
  const auto sent_at = [&](const Transaction* one) { return opening(phone, *one).at; };
  const auto next = std::ranges::lower_bound(asked, at, {}, sent_at);
  return next == asked.begin() ? nullptr : *std::prev(next);
}

const Transaction* strayed(const Subscription& subscription) {
  const auto found = std::ranges::find(subscription.asked, other(subscription.server),
                                       [](const Transaction* one) { return one->server; });
  return found == subscription.asked.end() ? nullptr : *found;
}

Evidence evidence_of(const Phone& phone, const Subscription& subscription) {
  return {subscription.server,
          subscription.call_id,
          {opening(phone, *subscription.asked.front()).index}};
}

}  // namespace sipharness::observed
