#pragma once
// What the device answered to requests that ask for their source port. @source RFC 3581 §3, §4

#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// A response of the device to a request over UDP whose Via has rport.
struct RportResponse {
  const Message* request = nullptr;  ///< its first transmission
  const Message* response = nullptr;
};

std::vector<RportResponse> find_rport_responses(const Phone& phone);
/// By time of the responses.
inline const std::vector<RportResponse>& rport_responses(const Phone& phone) {
  return phone.derived<find_rport_responses>();
}

/// Request and response.
Evidence evidence_of(const Phone& phone, const RportResponse& one);

}  // namespace sipharness::observed
