// TcpConnection's answer to what arrives: the order of the steps is that of RFC 9293 §3.10.7.

#include <algorithm>
#include <utility>

#include "harness/world_sim/tcp_connection.hpp"

namespace sipharness::world_sim {

using packet::TcpHeader;

void TcpConnection::learn_from_syn(const TcpHeader& syn) {
  receive_next_ = syn.sequence + 1;
  peer_window_ = syn.window;
  // RFC 9293 §3.7.1: 536 if the peer names no size.
  const std::uint16_t peers = syn.maximum_segment_size.value_or(536);
  segment_size_ = std::clamp<std::uint16_t>(peers, 1, own_segment_size_);
}

void TcpConnection::on_first_syn(const TcpHeader& syn) {
  learn_from_syn(syn);
  state_ = TcpState::syn_received;
  outgoing_.send_syn();
  transmit_syn();
  arm(timeout_);
}

void TcpConnection::on_segment(const TcpHeader& segment) {
  if (frozen_) return;
  if (state_ == TcpState::syn_sent) {
    on_segment_in_syn_sent(segment);
    return;
  }
  if (segment.flags.rst) {
    on_reset(segment);
    return;
  }
  if (segment.flags.syn) {
    state_ == TcpState::syn_received ? transmit_syn() : acknowledge();
    return;
  }
  if (!segment.flags.ack || !take_acknowledgement(segment) || !take_payload(segment)) return;
  if (segment.flags.fin) take_fin();
}

void TcpConnection::on_segment_in_syn_sent(const TcpHeader& segment) {
  const bool acknowledges_syn = segment.flags.ack && segment.acknowledgement == outgoing_.highest();
  if (!acknowledges_syn) return;
  if (segment.flags.rst) {
    end(world::StreamEnd::refused);
    return;
  }
  if (!segment.flags.syn) return;
  learn_from_syn(segment);
  outgoing_.acknowledge(segment.acknowledgement);
  acknowledge();
  complete_handshake();
}

/// False if nobody wants the connection any more.
bool TcpConnection::complete_handshake() {
  const bool was_opened_by_peer = state_ == TcpState::syn_received;
  disarm();
  if (retries_ == 0) first_timeout_ = std::max(least_timeout, 2 * (loop_.now() - syn_sent_at_));
  retries_ = 0;
  timeout_ = first_timeout_;
  state_ = TcpState::established;
  if (was_opened_by_peer && !owner_.accept(*this)) {
    reset_peer();
    become_closed();
    return false;
  }
  if (is_open_for_sending()) transmit_what_fits(no_limit);
  if (handler_ && !was_opened_by_peer) handler_->on_open();
  return state_ != TcpState::closed;
}

void TcpConnection::on_reset(const TcpHeader& segment) {
  const std::int32_t ahead = sequence_distance(receive_next_, segment.sequence);
  if (ahead < 0 || ahead > receive_window) return;  // RFC 9293 §3.10.7.4: outside the window
  end(world::StreamEnd::reset);
}

/// False if the connection is over, or the segment acknowledges what was never sent.
bool TcpConnection::take_acknowledgement(const TcpHeader& segment) {
  const auto acknowledged = outgoing_.acknowledge(segment.acknowledgement);
  if (acknowledged == TcpSendBuffer::Acknowledged::never_sent) {
    acknowledge();
    return false;
  }
  peer_window_ = segment.window;
  if (acknowledged == TcpSendBuffer::Acknowledged::nothing_new) return true;
  if (state_ == TcpState::syn_received) return complete_handshake();

  retries_ = 0;
  timeout_ = first_timeout_;
  disarm();
  if (acknowledged == TcpSendBuffer::Acknowledged::fin)
    on_fin_acknowledged();
  else
    transmit_what_fits(no_limit);
  return state_ != TcpState::closed;
}

void TcpConnection::on_fin_acknowledged() {
  switch (state_) {
    case TcpState::fin_wait_1:
      state_ = TcpState::fin_wait_2;
      arm(linger);
      break;
    case TcpState::closing:
      state_ = TcpState::time_wait;
      arm(linger);
      break;
    case TcpState::last_ack:
      become_closed();
      break;
    default:
      break;
  }
}

/// False if the segment is not the next in order, or nobody is left to read it.
bool TcpConnection::take_payload(const TcpHeader& segment) {
  if (segment.payload.empty() && !segment.flags.fin) return true;
  const std::int32_t known = sequence_distance(segment.sequence, receive_next_);
  const std::size_t length = segment.payload.size() + (segment.flags.fin ? 1U : 0U);
  if (known < 0 || static_cast<std::size_t>(known) >= length) {
    acknowledge();
    return false;
  }
  const std::string_view fresh = segment.payload.substr(static_cast<std::size_t>(known));
  if (fresh.empty()) return true;
  if (!is_taking_data()) return false;
  if (released_) {
    reset_peer();
    become_closed();
    return false;
  }
  receive_next_ += static_cast<std::uint32_t>(fresh.size());
  acknowledge();
  if (handler_) handler_->on_bytes(fresh);
  return state_ != TcpState::closed;
}

void TcpConnection::take_fin() {
  if (!is_taking_data()) return;
  ++receive_next_;
  acknowledge();
  switch (state_) {
    case TcpState::established:
      state_ = TcpState::close_wait;
      if (handler_) std::exchange(handler_, nullptr)->on_end(world::StreamEnd::closed);
      break;
    case TcpState::fin_wait_1:
      state_ = TcpState::closing;
      break;
    case TcpState::fin_wait_2:
      state_ = TcpState::time_wait;
      arm(linger);
      break;
    default:
      break;
  }
}

void TcpConnection::on_icmp_error() {
  // RFC 1122 §4.2.3.9: a soft error once the connection is up.
  if (state_ == TcpState::syn_sent) end(world::StreamEnd::unreachable);
}

}  // namespace sipharness::world_sim
