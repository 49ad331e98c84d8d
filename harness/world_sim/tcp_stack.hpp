#pragma once
// TCP of all simulated hosts: listeners and the table of connections. A segment that belongs to
// nobody draws RST. @source RFC 9293 §3.10.7.1 (closed), §3.10.7.2 (listen)

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "harness/base/rng.hpp"
#include "harness/world_sim/ephemeral_ports.hpp"
#include "harness/world_sim/network.hpp"
#include "harness/world_sim/tcp_connection.hpp"

namespace sipharness::world_sim {

class TcpStack final : public PacketReceiver, private TcpConnection::Owner {
 public:
  TcpStack(EventLoop& loop, Network& network);

  /// Throws SetupError if the port is taken.
  std::unique_ptr<world::StreamListener> listen(const Endpoint& wanted,
                                                world::AcceptFunction accept);
  /// Throws SetupError if this pair of endpoints is connected already. One of two families ends as
  /// unreachable.
  std::unique_ptr<world::Stream> connect(const Endpoint& wanted, const Endpoint& remote,
                                         world::StreamHandler& handler);
  /// SYNs to this endpoint vanish on arrival.
  void swallow_syns(const Endpoint& endpoint, bool on);

  void on_packet(const packet::IpPacket& packet) override;
  void on_icmp_error(const packet::IcmpError& error) override;

 private:
  class Listener;
  class UserStream;

  void transmit(packet::TcpSegment segment) override;
  bool accept(TcpConnection& connection) override;
  void forget(const TcpConnectionKey& key) override;

  bool is_taken(const Endpoint& local) const;
  std::shared_ptr<TcpConnection> find(const TcpConnectionKey& key) const;
  std::shared_ptr<TcpConnection> make_connection(const TcpConnectionKey& key);
  void refuse(const TcpConnectionKey& key, const packet::TcpHeader& segment);

  EventLoop& loop_;
  Network& network_;
  EphemeralPorts ephemeral_;
  Rng initial_sequences_;
  std::map<Endpoint, std::shared_ptr<const world::AcceptFunction>> listeners_;
  std::map<TcpConnectionKey, std::shared_ptr<TcpConnection>> connections_;
  std::set<Endpoint> swallowed_;
};

}  // namespace sipharness::world_sim
