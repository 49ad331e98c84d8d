#include "harness/capture/fragments.hpp"

#include <algorithm>

namespace sipharness::capture {
namespace {

constexpr std::size_t max_packets = 64;
constexpr std::size_t max_size = 65535;
constexpr Duration max_age = 60s;

/// Whether [offset, offset + size) meets a piece that is already there.
bool overlaps(const std::map<std::uint32_t, std::string>& pieces, std::uint32_t offset,
              std::size_t size) {
  const auto next = pieces.lower_bound(offset);
  if (next != pieces.end() && next->first < offset + size) return true;
  if (next == pieces.begin()) return false;
  const auto& [before, bytes] = *std::prev(next);
  return before + bytes.size() > offset;
}

}  // namespace

std::optional<std::string_view> Reassembler::add(std::uint32_t frame, CaptureTime at,
                                                 const packet::IpPacket& fragment) {
  drop_old(at);
  const std::size_t size = fragment.payload.size();
  const std::uint32_t offset = fragment.fragment_offset;
  if (size == 0 || offset + size > max_size) return std::nullopt;
  Partial& packet =
      partial(frame, at, {fragment.source, fragment.destination, fragment.id, fragment.protocol});
  if (overlaps(packet.pieces, offset, size)) return std::nullopt;
  packet.pieces.emplace(offset, fragment.payload);
  packet.received += size;
  if (!fragment.more_fragments) packet.total = offset + size;
  return packet.received == packet.total ? join(packet) : std::nullopt;
}

Reassembler::Partial& Reassembler::partial(std::uint32_t frame, CaptureTime at, const Key& key) {
  const auto known = std::ranges::find(packets_, key, &Partial::key);
  if (known != packets_.end()) return *known;
  if (packets_.size() >= max_packets) drop_first();
  Partial& packet = packets_.emplace_back();
  packet.key = key;
  packet.frame = frame;
  packet.first = at;
  return packet;
}

void Reassembler::drop_old(CaptureTime at) {
  while (!packets_.empty() && at - packets_.front().first > max_age) drop_first();
}

void Reassembler::drop_first() {
  const Partial& packet = packets_.front();
  const auto& [offset, bytes] = *packet.pieces.begin();
  on_lost_({packet.frame, packet.first, packet.key.source, packet.key.destination,
            packet.key.protocol, offset == 0 ? std::string_view(bytes) : std::string_view()});
  packets_.pop_front();
}

void Reassembler::finish() {
  while (!packets_.empty()) drop_first();
}

std::optional<std::string_view> Reassembler::join(const Partial& packet) {
  whole_.clear();
  for (const auto& [offset, bytes] : packet.pieces) {
    if (offset != whole_.size()) return std::nullopt;
    whole_ += bytes;
  }
  const Key key = packet.key;
  packets_.remove_if([&](const Partial& one) { return one.key == key; });
  return whole_;
}

}  // namespace sipharness::capture
