#pragma once
// Recognises packets that a capture holds twice: a SPAN port mirrors both directions or both sides
// of a router, the `any` device shows a packet once per interface. Remembers a bounded number of
// recent packets.

#include <cstdint>
#include <vector>

#include "harness/packet/decode.hpp"

namespace sipharness::capture {

/// What makes a packet a copy of another with the same payload between the same two. Who sends one
/// twice gives it a new id; but Linux sends datagrams with id 0, and IPv6 has none.
enum class Copies : std::uint8_t {
  with_id,  ///< the same id, and one that is not 0: datagrams may have been sent twice on purpose
  any       ///< the same id, also 0: no retransmission comes within milliseconds
};

class DuplicateFilter {
 public:
  explicit DuplicateFilter(Copies copies) : copies_(copies) {}

  /// Whether the same packet, whatever its TTL and link layer, was seen a few milliseconds before.
  /// Remembers this one.
  bool is_copy(CaptureTime at, const packet::IpPacket& packet);

 private:
  struct Seen {
    CaptureTime at;
    std::uint64_t digest = 0;  ///< of all that makes a copy one
  };

  const Copies copies_;
  /// policy: so many packets are told apart, if they come at one instant.
  std::vector<Seen> recent_ = std::vector<Seen>(16384);
};

}  // namespace sipharness::capture
