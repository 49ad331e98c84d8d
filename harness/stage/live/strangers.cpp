#include "harness/stage/live/strangers.hpp"

#include <algorithm>

#include "harness/trace/users.hpp"

namespace sipharness::stage {
namespace {

/// policy: endpoints of each kind remembered at once; beyond them whoever did not register an
/// account under test is a stranger.
constexpr std::size_t most_remembered = 4096;

}  // namespace

bool Strangers::is_tested(std::string_view user) {
  if (tested_.users.empty()) tested_.users.emplace_back(user);
  return std::ranges::find(tested_.users, user) != tested_.users.end();
}

void Strangers::remember(const Endpoint& device, bool is_under_test) {
  std::set<Endpoint>& kind = is_under_test ? tested_devices_ : strangers_;
  if (is_under_test) strangers_.erase(device);
  if (kind.size() < most_remembered) kind.insert(device);
}

bool Strangers::include(const Endpoint& device, const sip::MessageView& message) {
  if (message.method() != sip::Method::register_)
    return strangers_.contains(device) ||
           (strangers_.size() == most_remembered && !tested_devices_.contains(device));
  const bool is_under_test = is_tested(trace::user_in(message, sip::HeaderId::to));
  if (message.is_request()) remember(device, is_under_test);
  return !is_under_test;
}

}  // namespace sipharness::stage
