#pragma once
// Requests that reached a phone twice over different ways: a proxy before it, or the two servers of
// its account, forked one request. @source RFC 3261 §8.2.2.2, §16.7; RFC 6026 §7.1

#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// `copy` has Call-ID, From tag, CSeq and callee of `first`, on another branch, and came while that
/// was not over.
struct MergedRequest {
  const Transaction* first = nullptr;
  const Transaction* copy = nullptr;
};

std::vector<MergedRequest> find_merged_requests(const Phone& phone);
/// By time of the copies.
inline const std::vector<MergedRequest>& merged_requests(const Phone& phone) {
  return phone.derived<find_merged_requests>();
}

/// The first transmission of each.
Evidence evidence_of(const Phone& phone, const MergedRequest& merged);

}  // namespace sipharness::observed
