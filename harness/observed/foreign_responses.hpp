#pragma once
// Responses that came to a phone with the branch of its request and the sent-by of somebody else:
// it must drop them. @source RFC 3261 §18.1.2

#include <cstddef>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct ForeignResponse {
  const Transaction* request = nullptr;  ///< over UDP
  std::size_t response = 0;              ///< message
};

std::vector<ForeignResponse> find_foreign_responses(const Phone& phone);
/// In capture order.
inline const std::vector<ForeignResponse>& foreign_responses(const Phone& phone) {
  return phone.derived<find_foreign_responses>();
}

/// Every transmission of the request, and the response.
Evidence evidence_of(const Phone& phone, const ForeignResponse& foreign);

/// It is a 2xx to an INVITE, and was acknowledged before a right one came.
bool was_acknowledged(const Phone& phone, const ForeignResponse& foreign);

}  // namespace sipharness::observed
