#include "harness/trace/message_list.hpp"

#include <algorithm>
#include <array>

#include "harness/base/hash.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::trace {
namespace {

std::string_view speaker_of(const sip::MessageView& message) {
  if (!message.is_request()) return {};
  const bool is_register = message.method() == sip::Method::register_;
  return user_in(message, is_register ? sip::HeaderId::to : sip::HeaderId::from);
}

/// Busy, unavailable, cancelled and declined are told of a callee who was asked.
Welcome welcome_of(const sip::MessageView& message) {
  if (message.is_request() || message.status() <= 100) return Welcome::nothing;
  constexpr std::array by_server{401, 407, 423};
  if (std::ranges::find(by_server, message.status()) != by_server.end()) return Welcome::challenged;
  constexpr std::array by_callee{480, 486, 487, 600, 603};
  const bool is_served =
      message.status() < 400 || std::ranges::find(by_callee, message.status()) != by_callee.end();
  return is_served ? Welcome::served : Welcome::refused;
}

}  // namespace

std::uint32_t MessageList::flow_index(const Message& message) {
  const EndpointHash endpoint_hash;
  const std::uint64_t hash =
      (endpoint_hash(message.source) * 31 + endpoint_hash(message.destination)) * 2 +
      static_cast<std::size_t>(message.transport);
  const auto known = flow_indices_.find(hash, [&](std::uint32_t index) {
    const Flow& flow = flows_[index];
    return flow.source == message.source && flow.destination == message.destination &&
           flow.transport == message.transport;
  });
  if (known) return *known;
  const auto index = static_cast<std::uint32_t>(flows_.size());
  flow_indices_.add(hash, index);
  flows_.push_back({.source = message.source,
                    .destination = message.destination,
                    .transport = message.transport});
  return index;
}

std::uint32_t MessageList::user_index(std::string_view user) {
  if (user.empty()) return 0;
  const std::uint64_t hash = hash_of(user);
  const auto known =
      user_indices_.find(hash, [&](std::uint32_t index) { return users_[index] == user; });
  if (known) return *known;
  const auto index = static_cast<std::uint32_t>(users_.size());
  user_indices_.add(hash, index);
  users_.push_back(user);
  return index;
}

void MessageList::push_back(const Message& message) {
  const std::string_view bytes = message.sip.bytes();
  if (views_.size() < most_views) views_.push_back(message.sip);
  places_.push_back(
      Place{.at = message.at,
            .bytes = bytes.data(),
            .size = static_cast<std::uint32_t>(bytes.size()),
            .frame = message.frame,
            .flow = flow_index(message),
            .user = user_index(speaker_of(message.sip)),
            .method = message.sip.method(),
            .is_request = message.sip.is_request(),
            .is_in_dialog = !message.sip.to_tag().empty(),
            .has_user_agent = message.sip.has(sip::HeaderId::user_agent),
            .is_passed_on = message.sip.is_request() && message.sip.has_several_vias(),
            .welcome = welcome_of(message.sip)});
}

void MessageList::read(std::size_t index, Message& message) const {
  const Place& place = places_[index];
  const Flow& flow = flow_of(place);
  message.index = static_cast<std::uint32_t>(index);
  message.frame = place.frame;
  message.device = place.device;
  message.at = place.at;
  message.source = flow.source;
  message.destination = flow.destination;
  message.transport = flow.transport;
  message.direction = flow.direction;
  message.server = flow.server;
  message.ignored = place.ignored;
  message.sip = index < views_.size() ? views_[index] : sip::MessageView::parse(place.text());
}

}  // namespace sipharness::trace
