#include "harness/stage/live/strangers.hpp"

#include <algorithm>

#include "harness/trace/users.hpp"

namespace sipharness::stage {
namespace {

/// policy: endpoints remembered at once; beyond them a stranger is taken for one of ours.
constexpr std::size_t most_strangers = 4096;

}  // namespace

bool Strangers::is_tested(std::string_view user) {
  if (tested_.users.empty()) tested_.users.emplace_back(user);
  return std::ranges::find(tested_.users, user) != tested_.users.end();
}

bool Strangers::include(const Endpoint& device, const sip::MessageView& message) {
  if (message.is_request() && message.method() == sip::Method::register_) {
    if (is_tested(trace::user_in(message, sip::HeaderId::to)))
      strangers_.erase(device);
    else if (strangers_.size() < most_strangers)
      strangers_.insert(device);
  }
  return strangers_.contains(device);
}

}  // namespace sipharness::stage
