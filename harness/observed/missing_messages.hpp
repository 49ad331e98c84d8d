#pragma once
// Messages that must have been on the wire and are not in a capture, as those show that are: what a
// SPAN port dropped, what went another way, what was sent before the capture began. A journal knows
// better, so nothing is looked for where there is one.
// @source RFC 3261 §8.1.1.5 (CSeq), §12.1 (tags), §17.1.1.2, §17.1.2.2 (retransmissions), §17.1.3,
// §22 (credentials)

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct MissingMessage {
  std::size_t shown_by = 0;  ///< message index
  std::string what;          ///< "the request that frame 12 answers"
  std::string_view call_id;  ///< the only one that it concerns; empty: it may concern all
  /// All that this server said: what is missed there is missed each time.
  ServerRole silent = ServerRole::none;
};

std::vector<MissingMessage> find_missing_messages(const Phone& phone);
/// In the order of the messages that show them.
inline const std::vector<MissingMessage>& missing_messages(const Phone& phone) {
  return phone.derived<find_missing_messages>();
}

}  // namespace sipharness::observed
