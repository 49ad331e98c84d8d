#include "harness/observed/subscriptions.hpp"

#include <algorithm>

#include "harness/observed/client_transactions.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
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
  Subscription* known(std::string_view call_id, std::string_view device_tag) {
    for (auto one = found_.rbegin(); one != found_.rend(); ++one)
      if (one->call_id == call_id && one->from_tag == device_tag) return &*one;
    return nullptr;
  }

  /// The newest SUBSCRIBE was challenged, so the next one goes on with it.
  bool was_challenged(const Subscription& subscription) const {
    const auto& final = subscription.asked.back()->final;
    const int status = final ? phone_.message(*final).sip.status() : 0;
    return status == 401 || status == 407;
  }

  void take_subscribe(const Transaction& transaction) {
    const sip::MessageView& request = opening(phone_, transaction).sip;
    Subscription* subscription = known(request.call_id(), request.from_tag());
    const bool is_initial = request.to_tag().empty();
    if (subscription == nullptr || (is_initial && !was_challenged(*subscription))) {
      found_.push_back({.server = transaction.server,
                        .event = std::string(event_of(request)),
                        .call_id = request.call_id(),
                        .from_tag = request.from_tag()});
      subscription = &found_.back();
    }
    subscription->asked.push_back(&transaction);
  }

  void take_notify(const Transaction& transaction) {
    const sip::MessageView& request = opening(phone_, transaction).sip;
    if (request.to_tag().empty()) return;
    Subscription* subscription = known(request.call_id(), request.to_tag());
    if (subscription != nullptr) subscription->notified.push_back(&transaction);
  }

  const Phone& phone_;
  std::vector<Subscription> found_;
};

std::optional<seconds> seconds_in(std::string_view parameters, std::string_view name) {
  const auto text = sip::find_parameter(parameters, name);
  const auto value = text ? sip::parse_unsigned<std::uint32_t>(*text) : std::nullopt;
  return value ? std::optional<seconds>(*value) : std::nullopt;
}

bool has_same_resource(const sip::MessageView& a, const sip::MessageView& b) {
  const auto one = sip::parse_address(a.header(HeaderId::to));
  const auto other = sip::parse_address(b.header(HeaderId::to));
  return one && other && sip::same_uri(one->uri, other->uri);
}

}  // namespace

std::vector<Subscription> find_subscriptions(const Phone& phone) {
  return SubscriptionFinder(phone).find();
}

std::string_view event_of(const sip::MessageView& message) {
  const std::string_view value = message.header(HeaderId::event);
  return sip::trim(value.substr(0, value.find(';')));
}

std::size_t initial_of(const Phone& phone, const Subscription& subscription) {
  std::size_t initial = 0;
  for (std::size_t i = 0; i < subscription.asked.size(); ++i)
    if (opening(phone, *subscription.asked[i]).sip.to_tag().empty()) initial = i;
  return initial;
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
  for (const Transaction* notify : subscription.notified) {
    const Message& message = opening(phone, *notify);
    if (message.at < opening(phone, subscribe).at || message.at >= std::min(until, lapse)) continue;
    const SubscriptionState state = state_in(message.sip);
    const bool was_refused = notify->final && !phone.message(*notify->final).sip.is_success();
    if (state.is_terminated() || was_refused) return std::nullopt;
    // One that overtook the 2xx counted from before it: the 2xx has the later word.
    if (state.expires && message.at >= answer->at)
      lapse = std::min(lapse, message.at + *state.expires);
  }
  return lapse;
}

const Transaction* begun_anew(const Phone& phone, const std::vector<Subscription>& all,
                              const Subscription& subscription, CaptureTime at) {
  const sip::MessageView& before = opening(phone, *subscription.asked.front()).sip;
  for (const Subscription& later : all) {
    const Message& initial = opening(phone, *later.asked.front());
    if (&later == &subscription || later.server != subscription.server || initial.at <= at ||
        later.event != subscription.event || !initial.sip.to_tag().empty())
      continue;
    if (has_same_resource(before, initial.sip)) return later.asked.front();
  }
  return nullptr;
}

Evidence evidence_of(const Phone& phone, const Subscription& subscription) {
  return {subscription.server,
          subscription.call_id,
          {opening(phone, *subscription.asked.front()).index}};
}

}  // namespace sipharness::observed
