#include "harness/run/tested.hpp"

#include <algorithm>

#include "harness/trace/users.hpp"

namespace sipharness::run {
namespace {

/// policy: endpoints remembered at once; beyond them a stranger is taken for one of ours.
constexpr std::size_t most_strangers = 4096;

}  // namespace

trace::Tested tested_of(const scenario::Profile& profile, unsigned devices) {
  trace::Tested tested;
  if (profile.account.is_any()) return tested;
  for (unsigned device = 0; device < devices; ++device)
    tested.users.push_back(account_of(profile.account, device).user);
  return tested;
}

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

}  // namespace sipharness::run
