#pragma once
// One end of a TCP connection as an explicit state machine: a small honest TCP. What it leaves out:
// congestion control, urgent data, simultaneous open, delayed ACKs, Nagle; the window is constant.
//  1. SYN and SYN-ACK are sent again after 1, 3, 7, 15 and 31 s; at 63 s it gives up.
//  2. Data and FIN are sent again after 200 ms, doubling up to 120 s, 15 times; then it gives up
//     (924.6 s in all, as Linux does). Over slow links the first wait is twice the round trip.
//  3. Every segment with data or FIN is acknowledged at once; only the next one in order is taken.
//  4. Bytes that come after the user let go of the stream draw RST.
//  5. The handler hears nothing after on_end, close(), abort(), freeze() or vanish().
//  6. A frozen connection neither sends nor takes anything until it vanishes.
/// @source RFC 9293 §3.3.2, §3.10 (states, segment arrival); RFC 6298 §5; Linux tcp(7): retries

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

#include "harness/packet/decode.hpp"
#include "harness/packet/encode.hpp"
#include "harness/world_sim/event_loop.hpp"
#include "harness/world_sim/tcp_send_buffer.hpp"

namespace sipharness::world_sim {

enum class TcpState : std::uint8_t {
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
  closed
};

struct TcpConnectionKey {
  Endpoint local;
  Endpoint remote;
  auto operator<=>(const TcpConnectionKey&) const = default;
};

class TcpConnection final : public std::enable_shared_from_this<TcpConnection> {
 public:
  /// What a connection needs from its host.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void transmit(packet::TcpSegment segment) = 0;
    /// Finds a user for a connection that a peer opened; false if nobody listens any more.
    virtual bool accept(TcpConnection& connection) = 0;
    /// The connection is closed and its key free.
    virtual void forget(const TcpConnectionKey& key) = 0;
  };

  TcpConnection(Owner& owner, EventLoop& loop, TcpConnectionKey key,
                std::uint32_t initial_sequence);

  // The user's side.
  void connect(world::StreamHandler& handler);
  /// Names the handler of an accepted connection.
  void serve(world::StreamHandler& handler);
  void send(std::string_view bytes);
  void close();
  void abort();
  void vanish();
  void freeze();

  // The network's side.
  void on_first_syn(const packet::TcpHeader& syn);
  void on_segment(const packet::TcpHeader& segment);
  void on_icmp_error();

  const TcpConnectionKey& key() const { return key_; }
  TcpState state() const { return state_; }

 private:
  static constexpr Duration least_timeout = 200ms;
  static constexpr Duration linger = 60s;  ///< Linux: TIME_WAIT and tcp_fin_timeout
  static constexpr std::uint16_t receive_window = 65535;
  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

  bool is_open_for_sending() const;
  bool is_taking_data() const;

  void on_segment_in_syn_sent(const packet::TcpHeader& segment);
  void on_reset(const packet::TcpHeader& segment);
  bool take_acknowledgement(const packet::TcpHeader& segment);
  bool complete_handshake();
  void on_fin_acknowledged();
  bool take_payload(const packet::TcpHeader& segment);
  void take_fin();

  void transmit(packet::TcpFlags flags, std::uint32_t sequence, std::string_view payload = {});
  void transmit_syn();
  void transmit_what_fits(std::size_t most_segments);
  void transmit_unless_recovering();
  void acknowledge();
  void reset_peer();

  void learn_from_syn(const packet::TcpHeader& syn);
  void arm(Duration wait);
  void disarm();
  void on_timeout();
  void retransmit_syn();
  void retransmit_data();
  void end(world::StreamEnd how);
  void become_closed();

  Owner& owner_;
  EventLoop& loop_;
  TcpConnectionKey key_;
  TcpState state_ = TcpState::closed;
  world::StreamHandler* handler_ = nullptr;
  bool frozen_ = false;
  bool released_ = false;  ///< the user let go; what still arrives has no reader

  TcpSendBuffer outgoing_;
  std::uint32_t receive_next_ = 0;
  std::uint16_t own_segment_size_;
  std::uint16_t segment_size_;
  std::uint16_t peer_window_ = 0;

  world::Timer timer_;
  bool armed_ = false;
  int retries_ = 0;
  Duration timeout_;
  Duration first_timeout_;
  TimePoint syn_sent_at_;
};

}  // namespace sipharness::world_sim
