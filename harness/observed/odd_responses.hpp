#pragma once
// Responses of servers that no healthy server sends: those that lack what every response repeats of
// its request, and those that the scenario rewrote. Nothing tells whether a device takes the
// former: by the book it may drop what it cannot match, and be as right as one that goes by the
// branch alone. @source RFC 3261 §8.2.6.2, §17.1.3, §18.1.2

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// The first to a request of each Call-ID that its device need not take.
using UnusableResponses = std::unordered_map<std::string_view, std::size_t>;
UnusableResponses find_unusable_responses(const Phone& phone);
inline const UnusableResponses& unusable_responses(const Phone& phone) {
  return phone.derived<find_unusable_responses>();
}

/// "the response in frame 4 has no From: whether the device took it is not known"
std::string describe_unusable(const Message& response);

/// Of those frames, what the scenario rewrote in which: "; in frame 4 the scenario rewrote
/// Contact".
std::string rewritten_in(const Phone& phone, const std::vector<std::uint32_t>& frames);

}  // namespace sipharness::observed
