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

}  // namespace sipharness::observed
