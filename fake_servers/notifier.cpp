#include "fake_servers/notifier.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "fake_servers/event_state.hpp"

namespace fake_servers {

namespace scenario = sipharness::scenario;
namespace sip = sipharness::sip;
using std::chrono::seconds;

namespace {

constexpr seconds default_subscription_expiry{3600};
/// policy: how long before its 200 an early NOTIFY comes.
constexpr Duration notify_head_start = std::chrono::milliseconds(100);

Duration granted_expiry(const MessageView& request, const scenario::Accept& policy) {
  const Duration asked =
      request.expires() ? seconds(*request.expires()) : default_subscription_expiry;
  return asked > Duration::zero() ? policy.expires.value_or(asked) : asked;
}

std::string_view event_package(const MessageView& request) {
  const std::string_view value = request.header(HeaderId::event);
  return value.substr(0, value.find_first_of("; \t"));
}

}  // namespace

void Notifier::on_subscribe(const TransactionPtr& transaction, const scenario::Accept& policy) {
  const MessageView& request = transaction->request();
  drop_lapsed();
  if (!request.to_tag().empty()) return refresh(transaction, policy);
  if (!is_event_package(event_package(request))) {
    auto refusal = core_.reply(*transaction, 489);
    return transaction->respond(refusal.header(HeaderId::allow_events, event_packages).str());
  }
  if (subscriptions_.size() >= max_subscriptions) return core_.answer(*transaction, 503);
  begin(transaction, policy);
}

void Notifier::begin(const TransactionPtr& transaction, const scenario::Accept& policy) {
  const MessageView& request = transaction->request();
  const Tag tag = core_.rng.hex(8);
  subscriptions_.emplace(
      tag, Subscription{sip::Dialog::from_request(request, tag), transaction->hop(),
                        std::string(event_package(request)), std::string(request.request_uri()),
                        core_.world.now() + granted_expiry(request, policy)});
  accept(transaction, policy, tag);
}

void Notifier::refresh(const TransactionPtr& transaction, const scenario::Accept& policy) {
  const MessageView& request = transaction->request();
  const auto known = subscriptions_.find(request.to_tag());
  if (known == subscriptions_.end() || !known->second.dialog.matches(request))
    return core_.answer(*transaction, 481);
  Subscription& subscription = known->second;
  core_.proven.note(subscription.hop.remote.address);
  if (!subscription.dialog.accept_remote_cseq(request.cseq()))
    return core_.answer(*transaction, 500);
  subscription.dialog.refresh_target(request);
  subscription.hop = transaction->hop();  // a device that moved is met where it is now
  subscription.expires = core_.world.now() + granted_expiry(request, policy);
  accept(transaction, policy, known->first);
}

void Notifier::accept(const TransactionPtr& transaction, const scenario::Accept& policy,
                      const Tag& tag) {
  const Duration granted = granted_expiry(transaction->request(), policy);
  auto response = core_.reply(*transaction, 200, tag);
  copy_record_routes(transaction->request(), response);
  response.header(HeaderId::contact, core_.contact(transaction->hop().transport))
      .header(HeaderId::expires, std::to_string(std::chrono::round<seconds>(granted).count()));
  const Duration head_start =
      policy.notify == scenario::NotifyTime::before ? notify_head_start : Duration::zero();
  if (policy.terminate)
    postponer_.call_after(head_start + policy.terminate->after,
                          [this, tag, termination = *policy.terminate] { end(tag, termination); });
  if (policy.notify == scenario::NotifyTime::before) {
    notify(tag);
    postponer_.call_after(head_start,
                          [transaction, text = response.str()] { transaction->respond(text); });
    return;
  }
  transaction->respond(response.str());
  if (policy.notify == scenario::NotifyTime::after) notify(tag);
}

void Notifier::notify(Tag tag) {
  const auto known = subscriptions_.find(tag);
  if (known == subscriptions_.end()) return;
  Subscription& subscription = known->second;
  const auto left = std::chrono::ceil<seconds>(subscription.expires - core_.world.now());
  send(tag, subscription,
       left.count() > 0 ? fmt::format("active;expires={}", left.count())
                        : "terminated;reason=timeout");
  if (left.count() <= 0) subscriptions_.erase(known);
}

void Notifier::end(const Tag& tag, const scenario::Termination& termination) {
  const auto ended = subscriptions_.find(tag);
  if (ended == subscriptions_.end()) return;
  std::string state = "terminated";
  if (termination.reason) state += ";reason=" + *termination.reason;
  if (termination.retry_after)
    state += fmt::format(";retry-after={}",
                         std::chrono::round<seconds>(*termination.retry_after).count());
  send(tag, ended->second, state);
  subscriptions_.erase(ended);
}

void Notifier::send(const Tag& tag, Subscription& subscription, const std::string& state) {
  const Hop hop = core_.way_to(subscription.dialog.next_hop_uri(), subscription.hop);
  if (!may_send(tag, hop)) return;
  const EventState body =
      event_state(subscription.event, subscription.entity, subscription.version++);
  auto request = core_.request_in(subscription.dialog, "NOTIFY", hop);
  request.header(HeaderId::event, subscription.event)
      .header(HeaderId::subscription_state, state)
      .body(body.content_type, body.body);
  // §4.2.2: whoever does not take a NOTIFY has lost the subscription.
  core_.transactions.start(request.str(), hop,
                           {[this, tag, peer = hop.remote.address](const MessageView& response) {
                              if (response.is_final() && !response.is_success())
                                subscriptions_.erase(tag);
                              on_answer(peer);
                            },
                            [this, tag, peer = hop.remote.address](sip::ClientFailure) {
                              subscriptions_.erase(tag);
                              on_silence(peer);
                            }});
}

bool Notifier::may_send(const Tag& tag, const Hop& hop) {
  const sipharness::IpAddress& peer = hop.remote.address;
  if (hop.transport != Transport::udp || core_.proven.holds(peer)) return true;
  Unproven& unproven = unproven_[peer];
  if (unproven.unanswered < most_unanswered) {
    ++unproven.unanswered;
    return true;
  }
  unproven.waiting.push_back(tag);
  if (!std::exchange(told_of_waiting_, true))
    core_.journal.write(sipharness::journal::Remark{
        fmt::format("the {} has {} NOTIFYs at {} unanswered: more wait until it answers one",
                    core_.name, most_unanswered, peer.text())});
  return false;
}

void Notifier::on_answer(const sipharness::IpAddress& peer) {
  core_.proven.note(peer);
  auto proven = unproven_.extract(peer);
  if (proven.empty()) return;
  for (const Tag& tag : proven.mapped().waiting) notify(tag);
}

void Notifier::on_silence(const sipharness::IpAddress& peer) {
  const auto known = unproven_.find(peer);
  if (known == unproven_.end()) return;
  for (const Tag& tag : std::exchange(known->second.waiting, {})) subscriptions_.erase(tag);
  if (--known->second.unanswered == 0) unproven_.erase(known);
}

void Notifier::drop_lapsed() {
  std::erase_if(subscriptions_, [now = core_.world.now()](const auto& entry) {
    return entry.second.expires < now;
  });
}

}  // namespace fake_servers
