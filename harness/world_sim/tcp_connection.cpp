#include "harness/world_sim/tcp_connection.hpp"

#include <algorithm>
#include <utility>

namespace sipharness::world_sim {
namespace {

using packet::TcpFlags;

constexpr Duration first_syn_timeout = 1s;
constexpr int most_syn_retries = 5;
constexpr Duration longest_timeout = 120s;
constexpr int most_retries = 15;

constexpr TcpFlags ack{.ack = true};

}  // namespace

TcpConnection::TcpConnection(Owner& owner, EventLoop& loop, TcpConnectionKey key,
                             std::uint32_t initial_sequence)
    : owner_(owner),
      loop_(loop),
      key_(key),
      outgoing_(initial_sequence),
      own_segment_size_(key.local.address.is_v4() ? packet::ethernet_mss_v4
                                                  : packet::ethernet_mss_v6),
      segment_size_(own_segment_size_),
      timeout_(first_syn_timeout),
      first_timeout_(least_timeout),
      syn_sent_at_(loop.now()) {}

bool TcpConnection::is_open_for_sending() const {
  return state_ == TcpState::established || state_ == TcpState::close_wait;
}

bool TcpConnection::is_taking_data() const {
  return state_ == TcpState::established || state_ == TcpState::fin_wait_1 ||
         state_ == TcpState::fin_wait_2;
}

// The user's side.

void TcpConnection::connect(world::StreamHandler& handler) {
  handler_ = &handler;
  state_ = TcpState::syn_sent;
  outgoing_.send_syn();
  transmit_syn();
  arm(timeout_);
}

void TcpConnection::serve(world::StreamHandler& handler) {
  if (!released_ && state_ != TcpState::closed) handler_ = &handler;
}

void TcpConnection::send(std::string_view bytes) {
  if (frozen_) return;
  if (state_ != TcpState::syn_sent && !is_open_for_sending()) return;
  outgoing_.append(bytes);
  if (is_open_for_sending()) transmit_unless_recovering();
}

void TcpConnection::close() {
  if (frozen_) return vanish();
  handler_ = nullptr;
  released_ = true;
  switch (state_) {
    case TcpState::syn_sent:  // the SYN-ACK will find nobody and draw RST
      become_closed();
      return;
    case TcpState::established:
      state_ = TcpState::fin_wait_1;
      break;
    case TcpState::close_wait:
      state_ = TcpState::last_ack;
      break;
    default:
      return;
  }
  outgoing_.append_fin();
  transmit_unless_recovering();
}

void TcpConnection::abort() {
  if (frozen_) return vanish();
  handler_ = nullptr;
  if (is_open_for_sending()) reset_peer();
  become_closed();
}

void TcpConnection::vanish() {
  handler_ = nullptr;
  become_closed();
}

void TcpConnection::freeze() {
  handler_ = nullptr;
  frozen_ = true;
  disarm();
}

// Sending.

void TcpConnection::transmit(TcpFlags flags, std::uint32_t sequence, std::string_view payload) {
  packet::TcpSegment segment{.source = key_.local,
                             .destination = key_.remote,
                             .sequence = sequence,
                             .acknowledgement = flags.ack ? receive_next_ : 0,
                             .flags = flags,
                             .window = receive_window,
                             .maximum_segment_size = std::nullopt,
                             .payload = payload};
  if (flags.syn) segment.maximum_segment_size = own_segment_size_;
  owner_.transmit(segment);
}

void TcpConnection::transmit_syn() {
  transmit({.syn = true, .ack = state_ == TcpState::syn_received}, outgoing_.acknowledged());
}

void TcpConnection::acknowledge() {
  transmit(ack, outgoing_.highest());
}

void TcpConnection::reset_peer() {
  transmit({.rst = true, .ack = true}, outgoing_.highest());
}

void TcpConnection::transmit_what_fits(std::size_t most_segments) {
  for (std::size_t sent = 0; sent < most_segments; ++sent) {
    const auto piece = outgoing_.take(segment_size_, peer_window_);
    if (!piece) break;
    const TcpFlags flags{
        .fin = piece->is_fin, .psh = piece->is_last && !piece->is_fin, .ack = true};
    transmit(flags, piece->sequence, piece->payload);
  }
  // RFC 6298 §5.1: a running timer is left alone.
  if (outgoing_.has_unacknowledged() && !armed_) arm(timeout_);
}

/// After a timeout nothing new goes out until the peer is heard again.
void TcpConnection::transmit_unless_recovering() {
  if (retries_ == 0) transmit_what_fits(no_limit);
}

// Waiting.

void TcpConnection::disarm() {
  timer_.cancel();
  armed_ = false;
}

void TcpConnection::arm(Duration wait) {
  armed_ = true;
  timer_ = loop_.call_at(loop_.now() + wait, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_timeout();
  });
}

void TcpConnection::on_timeout() {
  armed_ = false;
  switch (state_) {
    case TcpState::syn_sent:
    case TcpState::syn_received:
      retransmit_syn();
      break;
    case TcpState::fin_wait_2:
    case TcpState::time_wait:
    case TcpState::closed:
      become_closed();
      break;
    default:
      retransmit_data();
      break;
  }
}

void TcpConnection::retransmit_syn() {
  if (retries_ == most_syn_retries) {
    end(world::StreamEnd::timed_out);
    return;
  }
  ++retries_;
  timeout_ *= 2;
  transmit_syn();
  arm(timeout_);
}

void TcpConnection::retransmit_data() {
  if (retries_ == most_retries) {
    end(world::StreamEnd::timed_out);
    return;
  }
  ++retries_;
  timeout_ = std::min(timeout_ * 2, longest_timeout);
  outgoing_.rewind();
  transmit_what_fits(1);
}

void TcpConnection::end(world::StreamEnd how) {
  world::StreamHandler* const handler = std::exchange(handler_, nullptr);
  become_closed();
  if (handler) handler->on_end(how);
}

void TcpConnection::become_closed() {
  disarm();
  if (std::exchange(state_, TcpState::closed) != TcpState::closed) owner_.forget(key_);
}

}  // namespace sipharness::world_sim
