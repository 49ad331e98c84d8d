#pragma once
// Requests that reached a phone twice over different ways: a proxy before it, or the two servers of
// its account, forked one request. @source RFC 3261 §8.2.2.2, §16.7; RFC 6026 §7.1

#include <string>
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

/// "the same INVITE by the secondary".
std::string describe(const Phone& phone, const MergedRequest& merged);

/// The copy drew this for another reason than that it is one: before anybody looks at that, or as
/// the first one did.
bool has_other_reason(const Phone& phone, const MergedRequest& merged, int status);

}  // namespace sipharness::observed
