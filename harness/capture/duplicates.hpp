#pragma once
// Recognises packets that a capture holds twice: a SPAN port mirrors both directions, the `any`
// device shows a packet once per interface. Remembers a bounded number of recent packets.

#include <array>
#include <string>

#include "harness/packet/decode.hpp"

namespace sipharness::capture {

class DuplicateFilter {
 public:
  /// Whether a packet of the same bytes and the same IP id (not 0, which says nothing) was seen no
  /// more than a millisecond before. Remembers this one.
  bool is_copy(CaptureTime at, const packet::IpPacket& packet);

 private:
  struct Seen {
    CaptureTime at;
    std::string header;
    std::string payload;
  };

  std::array<Seen, 1024> recent_;
};

}  // namespace sipharness::capture
