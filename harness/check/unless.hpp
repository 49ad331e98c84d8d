#pragma once
// Reasons of the profile for which rules of several families are not for a phone (Rule::unless).

#include <string_view>

#include "harness/observed/phone.hpp"

namespace sipharness::check {

inline std::string_view leaves_early(const observed::Phone& phone) {
  if (!phone.profile.max_request_retries) return {};
  return "the device leaves early by its maximum number of retries";
}

}  // namespace sipharness::check
