#include "harness/capture/duplicates.hpp"

#include <functional>
#include <string_view>

namespace sipharness::capture {

bool DuplicateFilter::is_copy(CaptureTime at, const packet::IpPacket& packet) {
  // policy: a mirrored packet is late by what a switch or a router takes, a retransmission by T1/2.
  constexpr Duration window = 5ms;
  if (packet.id == 0 && copies_ == Copies::with_id) return false;
  const std::size_t digest = std::hash<std::string_view>()(packet.payload);
  const std::size_t mixed = packet.id + packet.fragment_offset / 8 +
                            EndpointHash()({packet.source, packet.protocol}) + digest;
  Seen& seen = recent_[mixed % recent_.size()];
  const bool is_recent = at >= seen.at && at - seen.at <= window;
  if (is_recent && seen.id == packet.id && seen.fragment_offset == packet.fragment_offset &&
      seen.protocol == packet.protocol && seen.source == packet.source &&
      seen.destination == packet.destination && seen.size == packet.payload.size() &&
      seen.digest == digest)
    return true;
  seen = {at,
          packet.source,
          packet.destination,
          packet.id,
          packet.fragment_offset,
          packet.protocol,
          packet.payload.size(),
          digest};
  return false;
}

}  // namespace sipharness::capture
