#include "harness/world_sim/tcp_send_buffer.hpp"

#include <algorithm>
#include <utility>

namespace sipharness::world_sim {

void TcpSendBuffer::advance(std::size_t count) {
  next_ += static_cast<std::uint32_t>(count);
  if (sequence_distance(highest_, next_) > 0) highest_ = next_;
}

void TcpSendBuffer::send_syn() {
  syn_in_flight_ = true;
  advance(1);
}

std::optional<TcpSendBuffer::Piece> TcpSendBuffer::take(std::size_t segment_size,
                                                        std::size_t window) {
  const std::size_t offset = in_flight();
  Piece piece;
  piece.sequence = next_;
  if (offset < bytes_.size()) {
    piece.payload = std::string_view(bytes_).substr(offset, segment_size);
    // Never quite full: a peer that reads at once has no reason to close its window.
    if (offset + piece.payload.size() >= window) return std::nullopt;
    piece.is_last = offset + piece.payload.size() == bytes_.size();
    advance(piece.payload.size());
    return piece;
  }
  if (!fin_queued_ || offset > bytes_.size()) return std::nullopt;
  piece.is_last = true;
  piece.is_fin = true;
  advance(1);
  return piece;
}

TcpSendBuffer::Acknowledged TcpSendBuffer::acknowledge(std::uint32_t sequence) {
  if (sequence_distance(highest_, sequence) > 0) return Acknowledged::never_sent;
  const std::int32_t ahead = sequence_distance(acknowledged_, sequence);
  if (ahead <= 0) return Acknowledged::nothing_new;
  std::size_t count = static_cast<std::size_t>(ahead);
  if (std::exchange(syn_in_flight_, false)) --count;
  acknowledged_ = sequence;
  if (sequence_distance(next_, sequence) > 0) next_ = sequence;
  const bool covers_fin = fin_queued_ && count > bytes_.size();
  if (covers_fin) fin_queued_ = false;
  bytes_.erase(0, std::min(count, bytes_.size()));
  return covers_fin ? Acknowledged::fin : Acknowledged::bytes;
}

}  // namespace sipharness::world_sim
