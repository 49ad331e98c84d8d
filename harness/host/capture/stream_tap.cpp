#include "harness/host/capture/stream_tap.hpp"

#include <algorithm>

#include "harness/packet/encode.hpp"

namespace sipharness::host {
namespace {

constexpr packet::TcpFlags syn{.syn = true};
constexpr packet::TcpFlags syn_ack{.syn = true, .ack = true};
constexpr packet::TcpFlags ack{.ack = true};
constexpr packet::TcpFlags push_ack{.psh = true, .ack = true};
constexpr packet::TcpFlags fin_ack{.fin = true, .ack = true};
constexpr packet::TcpFlags rst_ack{.rst = true, .ack = true};

std::uint16_t segment_size(const IpAddress& address) {
  return address.is_v4() ? packet::ethernet_mss_v4 : packet::ethernet_mss_v6;
}

}  // namespace

void StreamTap::connecting(const Endpoint& local, const Endpoint& remote) {
  if (!out_.is_on()) return;
  begin(local, remote).initiator.is_ours = true;
}

void StreamTap::connected(const Endpoint& local, const Endpoint& remote) {
  open(local, remote);
}

void StreamTap::accepted(const Endpoint& local, const Endpoint& remote) {
  if (!out_.is_on()) return;
  const auto known = connections_.find({remote, local});
  const bool is_from_us = known != connections_.end() && known->second.initiator.is_ours;
  Connection& connection = is_from_us ? known->second : begin(remote, local);
  connection.responder.is_ours = true;
  open(remote, local);
}

void StreamTap::sent(const Endpoint& local, const Endpoint& remote, std::string_view bytes) {
  Direction out;
  if (find(local, remote, out)) emit_bytes(out, bytes);
}

void StreamTap::received(const Endpoint& local, const Endpoint& remote, std::string_view bytes) {
  Direction in;
  if (!find(remote, local, in)) return;
  if (!in.from->is_ours) emit_bytes(in, bytes);
  acknowledge(in);
}

void StreamTap::closed_here(const Endpoint& local, const Endpoint& remote) {
  Direction out;
  if (!find(local, remote, out) || out.from->is_closed) return;
  if (!out.connection->second.is_open) {
    connections_.erase(out.connection);
    return;
  }
  emit_fin(out);
  if (!out.to->is_closed) return;
  acknowledge(out);
  connections_.erase(out.connection);
}

void StreamTap::closed_there(const Endpoint& local, const Endpoint& remote) {
  Direction in;
  if (!find(remote, local, in)) return;
  if (!in.from->is_closed) emit_fin(in);
  acknowledge(in);
  if (in.to->is_closed) connections_.erase(in.connection);
}

void StreamTap::reset_here(const Endpoint& local, const Endpoint& remote) {
  Direction out;
  if (!find(local, remote, out)) return;
  emit(out, rst_ack);
  connections_.erase(out.connection);
}

void StreamTap::reset_there(const Endpoint& local, const Endpoint& remote) {
  reset_here(remote, local);
}

/// The SYN; an older connection of the same name is over.
StreamTap::Connection& StreamTap::begin(const Endpoint& initiator, const Endpoint& responder) {
  constexpr std::uint32_t stride = 64'000;  // RFC 9293 §3.4.1: initial numbers move on
  Connection& connection = connections_[{initiator, responder}];
  connection = {};
  connection.initiator.next = ++begun_ * stride;
  connection.responder.next = connection.initiator.next + stride / 2;
  Direction out;
  if (find(initiator, responder, out)) emit(out, syn);
  return connection;
}

/// The rest of the handshake, unless the other end of it was ours and told it already.
void StreamTap::open(const Endpoint& initiator, const Endpoint& responder) {
  Direction out;
  if (!find(initiator, responder, out) || out.connection->second.is_open) return;
  out.connection->second.is_open = true;
  emit(reversed(out), syn_ack);
  emit(out, ack);
}

StreamTap::Direction StreamTap::reversed(const Direction& direction) {
  return {direction.connection, direction.destination, direction.source, direction.to,
          direction.from};
}

bool StreamTap::find(const Endpoint& source, const Endpoint& destination, Direction& found) {
  const auto outward = connections_.find({source, destination});
  if (outward != connections_.end()) {
    const auto& [initiator, responder] = outward->first;
    Connection& connection = outward->second;
    found = {outward, &initiator, &responder, &connection.initiator, &connection.responder};
    return true;
  }
  const auto inward = connections_.find({destination, source});
  if (inward == connections_.end()) return false;
  const auto& [initiator, responder] = inward->first;
  Connection& connection = inward->second;
  found = {inward, &responder, &initiator, &connection.responder, &connection.initiator};
  return true;
}

void StreamTap::emit(const Direction& direction, packet::TcpFlags flags, std::string_view bytes) {
  packet::TcpSegment segment{.source = *direction.source,
                             .destination = *direction.destination,
                             .ip_id = out_.next_ip_id(),
                             .sequence = direction.from->next,
                             .acknowledgement = flags.ack ? direction.to->next : 0,
                             .flags = flags,
                             .maximum_segment_size = std::nullopt,
                             .payload = bytes};
  if (flags.syn) segment.maximum_segment_size = segment_size(segment.source.address);
  out_.emit(packet::encode(segment));
  if (flags.ack) direction.from->acknowledged = direction.to->next;
  direction.from->next += static_cast<std::uint32_t>(bytes.size());
  if (flags.syn || flags.fin) ++direction.from->next;
}

/// The receiver's word that everything arrived, unless it said so already (a duplicate ACK would
/// look like loss).
void StreamTap::acknowledge(const Direction& direction) {
  if (direction.to->acknowledged != direction.from->next) emit(reversed(direction), ack);
}

void StreamTap::emit_bytes(const Direction& direction, std::string_view bytes) {
  const std::size_t size = segment_size(direction.source->address);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    emit(direction, push_ack, bytes.substr(0, size));
  }
}

void StreamTap::emit_fin(const Direction& direction) {
  emit(direction, fin_ack);
  direction.from->is_closed = true;
}

}  // namespace sipharness::host
