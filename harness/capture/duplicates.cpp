#include "harness/capture/duplicates.hpp"

#include <array>

#include "harness/base/hash.hpp"

namespace sipharness::capture {

namespace {

std::uint64_t digest_of(const packet::IpPacket& packet) {
  const std::array numbers{std::uint64_t{packet.id},
                           std::uint64_t{packet.fragment_offset},
                           std::uint64_t{packet.protocol},
                           std::uint64_t{EndpointHash()({packet.source, 0})},
                           std::uint64_t{EndpointHash()({packet.destination, 0})},
                           hash_of(packet.payload)};
  std::uint64_t digest = packet.payload.size();
  for (const std::uint64_t number : numbers) {
    digest = (digest ^ number) * 0x9e3779b97f4a7c15U;
    digest ^= digest >> 32U;
  }
  return digest;
}

}  // namespace

bool DuplicateFilter::is_copy(CaptureTime at, const packet::IpPacket& packet) {
  // policy: a mirrored packet is late by what a switch or a router takes, a retransmission by T1/2.
  constexpr Duration window = 5ms;
  if (packet.id == 0 && copies_ == Copies::with_id) return false;
  const std::uint64_t digest = digest_of(packet);
  Seen& seen = recent_[digest % recent_.size()];
  const bool is_recent = at >= seen.at && at - seen.at <= window;
  if (is_recent && seen.digest == digest) return true;
  seen = {at, digest};
  return false;
}

}  // namespace sipharness::capture
