#include "harness/world_sim/network.hpp"

#include <optional>
#include <utility>

#include "harness/base/assert.hpp"
#include "harness/packet/encode.hpp"

namespace sipharness::world_sim {
namespace {

/// The router of each family, from the documentation ranges (RFC 5737, RFC 3849).
IpAddress router_for(const IpAddress& address) {
  if (address.is_v4()) return IpAddress::v4({192, 0, 2, 254});
  return IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe});
}

bool is_icmp(const packet::IpPacket& packet) {
  return packet.protocol == packet::protocol::icmp || packet.protocol == packet::protocol::icmpv6;
}

std::optional<packet::IpPacket> decode(const std::string& frame) {
  return packet::decode_frame(packet::LinkType::ethernet, frame);
}

}  // namespace

Network::Network(EventLoop& loop, const SimulationOptions& options)
    : loop_(loop), link_delay_(options.link_delay), epoch_(options.epoch) {}

void Network::attach(Transport transport, PacketReceiver& receiver) {
  (transport == Transport::udp ? udp_ : tcp_) = &receiver;
}

void Network::make_unreachable(const IpAddress& address, bool on) {
  if (on)
    unreachable_.insert(address);
  else
    unreachable_.erase(address);
}

bool Network::is_seen_when_sent(const packet::IpPacket& packet) const {
  return devices_.empty() || devices_.contains(packet.source);
}

bool Network::is_seen_on_arrival(const packet::IpPacket& packet) const {
  return !is_seen_when_sent(packet) && devices_.contains(packet.destination);
}

void Network::show(const std::string& frame) {
  if (!sink_) return;
  sink_->on_frame({capture_time(loop_.now()), packet::LinkType::ethernet,
                   static_cast<std::uint32_t>(frame.size()), frame});
}

void Network::send(std::string frame) {
  const std::optional<packet::IpPacket> packet = decode(frame);
  SIPHARNESS_ASSERT(packet.has_value(), "network", loop_.now());
  if (is_seen_when_sent(*packet)) show(frame);
  loop_.post_at(loop_.now() + link_delay_, [this, frame = std::move(frame)] { arrive(frame); });
}

void Network::arrive(const std::string& frame) {
  const packet::IpPacket packet = *decode(frame);
  if (unreachable_.contains(packet.destination)) {
    report_unreachable(packet, router_for(packet.destination), Unreachable::host);
    return;
  }
  if (is_seen_on_arrival(packet)) show(frame);
  deliver(packet);
}

void Network::deliver(const packet::IpPacket& packet) {
  if (is_icmp(packet)) {
    const std::optional<packet::IcmpError> error = packet::decode_icmp_error(packet);
    if (error) (error->transport == Transport::udp ? udp_ : tcp_)->on_icmp_error(*error);
    return;
  }
  (packet.protocol == packet::protocol::udp ? udp_ : tcp_)->on_packet(packet);
}

void Network::report_unreachable(const packet::IpPacket& original, const IpAddress& reporter,
                                 Unreachable reason) {
  if (is_icmp(original)) return;
  // Header and payload lie side by side in the frame.
  const std::string_view bytes(original.header.data(),
                               original.header.size() + original.payload.size());
  send(packet::encode(packet::IcmpUnreachable{.source = reporter,
                                              .destination = original.source,
                                              .ip_id = next_ip_id(reporter),
                                              .reason = reason,
                                              .original = bytes}));
}

}  // namespace sipharness::world_sim
