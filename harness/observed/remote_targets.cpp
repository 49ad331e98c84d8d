#include "harness/observed/remote_targets.hpp"

#include <algorithm>

#include "harness/observed/addresses.hpp"
#include "harness/observed/incoming.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;
using sip::Method;

bool is_target_refresh(Method method) {
  return method == Method::invite || method == Method::update;
}

/// What a notifier said of its place: by its tag, every Contact; whether a proxy stays between, and
/// whether a 2xx without the Contact it owes left its dialog without a target.
class Notifiers {
 public:
  void take(const sip::MessageView& message, std::string_view tag) {
    for (const std::string_view uri : uris_in(message, sip::HeaderId::contact))
      contacts_[tag].push_back(uri);
    is_routed_ |= message.has(sip::HeaderId::record_route);
    is_open_ |= message.is_response() && !message.has(sip::HeaderId::contact);
  }
  /// Those of the dialog that the request is in; empty: none, or its route set leads elsewhere.
  std::vector<std::string_view> contacts_for(const Message& request) const {
    if (is_open_) return {};
    const auto known = contacts_.find(request.sip.to_tag());
    return is_routed_ || known == contacts_.end() ? std::vector<std::string_view>() : known->second;
  }

 private:
  std::map<std::string_view, std::vector<std::string_view>> contacts_;
  bool is_routed_ = false;
  bool is_open_ = false;
};

}  // namespace

RemoteTargets::RemoteTargets(const Phone& phone, const Dialog& dialog) {
  if (!dialog.incoming) return;
  const Message& invite = opening(phone, *dialog.invite);
  for (const std::string_view uri : uris_in(invite.sip, HeaderId::contact)) add(uri);
}

void RemoteTargets::take(const Message& message) {
  const sip::MessageView& sip = message.sip;
  const std::pair key{sip.method(), sip.cseq()};
  const bool settles = sip.is_success() && is_target_refresh(sip.method()) &&
                       settled_.emplace(message.direction, sip.method(), sip.cseq()).second;
  if (!message.to_device()) {
    const auto asked = asked_.find(key);
    if (settles && asked != asked_.end()) settle(asked->second, message.at);
    return;
  }
  const auto contacts = uris_in(sip, HeaderId::contact);
  for (const std::string_view uri : contacts) add(uri);
  if (contacts.size() != 1) return;
  if (settles) settle(contacts.front(), message.at);
  if (sip.is_request() && is_target_refresh(sip.method())) asked_.emplace(key, contacts.front());
}

std::optional<bool> RemoteTargets::allow(const Message& request) const {
  if (targets_.empty()) return std::nullopt;
  return std::ranges::any_of(targets_, [&](const Target& target) {
    return (!target.until || request.at <= *target.until) &&
           is_target(request.sip.request_uri(), target.uri);
  });
}

void RemoteTargets::add(std::string_view uri) {
  const auto known = std::ranges::find(targets_, uri, &Target::uri);
  if (known != targets_.end() && !known->until) return;
  if (known != targets_.end()) targets_.erase(known);
  targets_.push_back({uri});
}

void RemoteTargets::settle(std::string_view uri, CaptureTime at) {
  for (Target& target : targets_)
    if (!target.until) target.until = at + in_flight;
  std::erase_if(targets_,
                [&](const Target& target) { return target.uri == uri || *target.until < at; });
  targets_.push_back({uri});
}

std::vector<TargetedSubscribe> targeted_subscribes(const Phone& phone,
                                                   const Subscription& subscription) {
  std::vector<TargetedSubscribe> found;
  Notifiers notifiers;
  auto notify = subscription.notified.begin();
  for (const Transaction* subscribe : subscription.asked) {
    const Message& request = opening(phone, *subscribe);
    for (; notify != subscription.notified.end(); ++notify) {
      const Message& told = opening(phone, **notify);
      if (told.index > request.index) break;
      notifiers.take(told.sip, told.sip.from_tag());
    }
    auto contacts = notifiers.contacts_for(request);
    if (!contacts.empty()) found.push_back({&request, std::move(contacts)});
    if (const Message* answer = acceptance(phone, *subscribe))
      notifiers.take(answer->sip, answer->sip.to_tag());
  }
  return found;
}

}  // namespace sipharness::observed
