#include "harness/capture/duplicates.hpp"

namespace sipharness::capture {

bool DuplicateFilter::is_copy(CaptureTime at, const packet::IpPacket& packet) {
  constexpr Duration window = 1ms;
  if (packet.id == 0) return false;
  const std::size_t mixed =
      packet.id + packet.fragment_offset / 8 + EndpointHash()({packet.source, packet.protocol});
  Seen& seen = recent_[mixed % recent_.size()];
  const bool is_recent = at >= seen.at && at - seen.at <= window;
  if (is_recent && seen.header == packet.header && seen.payload == packet.payload) return true;
  seen.at = at;
  seen.header = packet.header;
  seen.payload = packet.payload;
  return false;
}

}  // namespace sipharness::capture
