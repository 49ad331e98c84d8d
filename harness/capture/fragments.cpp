#include "harness/capture/fragments.hpp"

#include <algorithm>
#include <iterator>

namespace sipharness::capture {
namespace {

constexpr std::size_t max_packets = 64;
constexpr std::size_t max_size = 65535;
constexpr Duration max_age = 60s;
/// policy: half of T1; what comes later with the same number is another packet.
constexpr Duration copies_within = 250ms;

}  // namespace

std::optional<std::string_view> Reassembler::add(std::uint32_t frame, CaptureTime at,
                                                 const packet::IpPacket& fragment) {
  drop_old(at);
  if (fragment.payload.empty()) return std::nullopt;
  Partial& packet = partial(frame, at, fragment);
  if (packet.whole_since || packet.is_in_conflict) return std::nullopt;
  packet.take(fragment);
  const bool is_whole = !packet.is_in_conflict && packet.known.size() == 1 &&
                        packet.known.begin()->first == 0 &&
                        packet.known.begin()->second == packet.total;
  if (!is_whole) return std::nullopt;
  packet.whole_since = at;
  return packet.bytes;
}

Reassembler::Partial& Reassembler::partial(std::uint32_t frame, CaptureTime at,
                                           const packet::IpPacket& fragment) {
  const Key key{fragment.source, fragment.destination, fragment.id, fragment.protocol};
  const auto known = std::ranges::find(packets_, key, &Partial::key);
  if (known != packets_.end()) {
    const bool is_copy =
        !known->whole_since || (at - *known->whole_since <= copies_within &&
                                known->has(fragment.fragment_offset, fragment.payload));
    if (is_copy) return *known;
    packets_.erase(known);
  }
  if (packets_.size() >= max_packets) drop_first();
  return packets_.emplace_back(Partial{.key = key, .frame = frame, .first = at});
}

bool Reassembler::Partial::has(std::size_t offset, std::string_view piece) const {
  return offset + piece.size() <= bytes.size() &&
         std::string_view(bytes).substr(offset, piece.size()) == piece;
}

void Reassembler::Partial::take(const packet::IpPacket& fragment) {
  const std::size_t offset = fragment.fragment_offset;
  const std::size_t end = offset + fragment.payload.size();
  const std::size_t end_before = bytes.size();
  if (!fragment.more_fragments) {
    is_in_conflict = (total && *total != end) || end < end_before;
    total = end;
  }
  is_in_conflict = is_in_conflict || end > max_size || (total && end > *total);
  if (!is_in_conflict) put(offset, fragment.payload);
}

void Reassembler::Partial::put(std::size_t offset, std::string_view piece) {
  std::size_t begin = offset;
  std::size_t end = offset + piece.size();
  bytes.resize(std::max(bytes.size(), end));
  auto other = known.upper_bound(begin);
  if (other != known.begin() && std::prev(other)->second >= begin) --other;
  const bool is_known = other != known.end() && other->first <= begin && end <= other->second;
  while (other != known.end() && other->first <= end) {
    const std::size_t from = std::max(other->first, offset);
    const std::size_t until = std::min(other->second, offset + piece.size());
    const bool overlaps = from < until;
    if (overlaps && !has(from, piece.substr(from - offset, until - from))) is_in_conflict = true;
    if (overlaps && !is_known && !key.source.is_v4()) is_in_conflict = true;
    begin = std::min(begin, other->first);
    end = std::max(end, other->second);
    other = known.erase(other);
  }
  known.emplace(begin, end);
  std::ranges::copy(piece, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

void Reassembler::drop_old(CaptureTime at) {
  while (!packets_.empty() && at - packets_.front().first > max_age) drop_first();
}

void Reassembler::drop_first() {
  const Partial& packet = packets_.front();
  if (!packet.whole_since) {
    const bool has_beginning = !packet.known.empty() && packet.known.begin()->first == 0;
    on_lost_({packet.is_in_conflict, packet.frame, packet.first, packet.key.source,
              packet.key.destination, packet.key.protocol,
              has_beginning ? std::string_view(packet.bytes).substr(0, packet.known.begin()->second)
                            : std::string_view()});
  }
  packets_.pop_front();
}

void Reassembler::finish() {
  while (!packets_.empty()) drop_first();
}

}  // namespace sipharness::capture
