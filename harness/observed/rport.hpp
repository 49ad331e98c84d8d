#pragma once
// Where responses go and are heard: at the source port that a request asks for, or at its sent-by.
// @source RFC 3581 §3, §4; RFC 3261 §18.1.1, §18.2.2

#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

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

/// A final response went to the port of sent-by, another than the source port, and the request was
/// sent again after it. The source port itself is free (§18.1.1, §18.2.2).
bool ignores_response_at_sent_by(const Phone& phone, const Transaction& transaction);

/// A request from another port than its Via names was sent again although its final response went
/// to the port it came from.
bool ignores_response_at_source_port(const Phone& phone, const Transaction& transaction);

}  // namespace sipharness::observed
