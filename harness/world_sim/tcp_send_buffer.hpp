#pragma once
// What one end of a TCP connection has to send: SYN, bytes, FIN, and where in them the peer is.
//  1. Order in sequence space: acknowledged <= next to send <= highest sent so far.
//  2. SYN and FIN count one each and are no bytes.
//  3. After rewind() what was sent and not acknowledged is sent again, from its start.
/// @source RFC 9293 §3.3.1 (send sequence variables), §3.4 (sequence arithmetic)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sipharness::world_sim {

/// How far `later` is ahead of `earlier` in sequence space; negative if it is behind.
constexpr std::int32_t sequence_distance(std::uint32_t earlier, std::uint32_t later) {
  return static_cast<std::int32_t>(later - earlier);
}

class TcpSendBuffer {
 public:
  /// One segment's worth. The view is valid until the buffer changes.
  struct Piece {
    std::uint32_t sequence = 0;
    std::string_view payload;
    bool is_last = false;  ///< nothing is left to send behind it
    bool is_fin = false;
  };
  enum class Acknowledged : std::uint8_t { nothing_new, bytes, fin, never_sent };

  explicit TcpSendBuffer(std::uint32_t initial_sequence)
      : acknowledged_(initial_sequence), next_(initial_sequence), highest_(initial_sequence) {}

  std::uint32_t acknowledged() const { return acknowledged_; }
  std::uint32_t highest() const { return highest_; }
  bool has_unacknowledged() const { return highest_ != acknowledged_; }

  void send_syn();
  void append(std::string_view bytes) { bytes_ += bytes; }
  void append_fin() { fin_queued_ = true; }
  /// Takes the next piece, at most `segment_size` bytes; nothing if there is none, or if it would
  /// fill the peer's window.
  std::optional<Piece> take(std::size_t segment_size, std::size_t window);
  Acknowledged acknowledge(std::uint32_t sequence);
  void rewind() { next_ = acknowledged_; }

 private:
  std::size_t in_flight() const { return next_ - acknowledged_; }
  void advance(std::size_t count);

  std::string bytes_;  ///< from acknowledged_ on, sent or not; behind the SYN if that is in flight
  bool syn_in_flight_ = false;
  bool fin_queued_ = false;
  std::uint32_t acknowledged_;
  std::uint32_t next_;
  std::uint32_t highest_;
};

}  // namespace sipharness::world_sim
