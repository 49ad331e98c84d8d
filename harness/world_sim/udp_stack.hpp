#pragma once
// UDP of all simulated hosts: who has which port. A datagram to a port nobody has draws ICMP port
// unreachable from the host it was sent to. @source RFC 768, RFC 1122 §4.1.3.1

#include <memory>
#include <string_view>
#include <unordered_map>

#include "harness/world_sim/ephemeral_ports.hpp"
#include "harness/world_sim/network.hpp"

namespace sipharness::world_sim {

class UdpStack final : public PacketReceiver {
 public:
  UdpStack(EventLoop& loop, Network& network) : loop_(loop), network_(network) {}

  /// Throws SetupError if the port is taken.
  std::unique_ptr<world::DatagramPort> open(const Endpoint& wanted,
                                            world::DatagramHandler& handler);
  void on_packet(const packet::IpPacket& packet) override;
  void on_icmp_error(const packet::IcmpError& error) override;

 private:
  class Port;

  void send(const Endpoint& source, const Endpoint& destination, std::string_view payload);
  void tell_unreachable(const Endpoint& source, const Endpoint& destination, Unreachable reason);

  EventLoop& loop_;
  Network& network_;
  EphemeralPorts ephemeral_;
  std::unordered_map<Endpoint, world::DatagramHandler*, EndpointHash> handlers_;
};

}  // namespace sipharness::world_sim
