#pragma once
// Requests that a phone sent again on a branch of their own: what should be one transaction is
// several, none of which was ever retransmitted.
// @source RFC 3261 §8.1.1.7, §17.1.1.2, §17.1.2.2, §17.1.3; requirements ALG-RETX

#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// `next` is the request of `before` again, to the same place, before anything answered it or ended
/// its transaction, and on another branch.
bool is_on_new_branch(const Phone& phone, const Transaction& before, const Transaction& next);

/// The client transactions that one request was split into, by time; two or more.
using SplitRequest = std::vector<const Transaction*>;

std::vector<SplitRequest> find_split_requests(const Phone& phone);
/// By time.
inline const std::vector<SplitRequest>& split_requests(const Phone& phone) {
  return phone.derived<find_split_requests>();
}

/// The transaction is a part of one that was split again and again: what is missing of it as a
/// series of its own was never sent.
bool is_of_split_series(const Phone& phone, const Transaction& transaction);

/// Every transmission.
Evidence evidence_of(const Phone& phone, const SplitRequest& split);

}  // namespace sipharness::observed
