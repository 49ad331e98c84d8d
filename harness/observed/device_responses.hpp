#pragma once
// The responses of a phone, each with the request that it answers.
// @source RFC 3261 §8.2.6, §17.2.3, §18.2.2

#include <cstdint>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// How a response is known to belong to its request.
enum class AnswersBy : std::uint8_t {
  branch,
  /// No request of the capture has its branch; Call-ID, CSeq and From tag are those of one that got
  /// no other response.
  dialog,
  /// The same, and that one got responses too: a copy of it may be missing from the capture.
  dialog_of_answered,
};

struct DeviceResponse {
  const Message* request = nullptr;  ///< its first transmission
  const Message* response = nullptr;
  AnswersBy by = AnswersBy::branch;
};

std::vector<DeviceResponse> find_device_responses(const Phone& phone);
/// Every copy, by time of the responses. Left out are those that belong to no request of the
/// capture.
inline const std::vector<DeviceResponse>& device_responses(const Phone& phone) {
  return phone.derived<find_device_responses>();
}

/// Request and response.
Evidence evidence_of(const Phone& phone, const DeviceResponse& one);

}  // namespace sipharness::observed
