#pragma once
// Requests of a phone within a dialog, and those among them whose tags make no dialog of their
// Call-ID. Which tags do, the answers to the request that founded it tell, and the requests of the
// other side. @source RFC 3261 §12.1, §12.2.1.1; RFC 6665 §4.4.1

#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/sent_requests.hpp"

namespace sipharness::observed {

struct TaggedRequest {
  const Message* request = nullptr;
  std::string problem{};  ///< "its From tag is a, the device's is b"; empty: its tags are right
  /// The device had other tags in requests of its own. Those of its answers may have got lost
  /// before they came to the capture.
  bool is_certain = true;
};

std::vector<TaggedRequest> find_tagged_requests(const Phone& phone);
/// Every transmission, in capture order. Left out are CANCEL, the ACK to a non-2xx, and what
/// belongs to a Call-ID whose first request is not in the capture.
inline const std::vector<TaggedRequest>& tagged_requests(const Phone& phone) {
  return phone.derived<find_tagged_requests>();
}

/// Those with that Call-ID that have foreign tags.
const Messages& requests_with_foreign_tags(const Phone& phone, std::string_view call_id);

Evidence evidence_of(const Phone& phone, const TaggedRequest& one);

}  // namespace sipharness::observed
