#pragma once
// The simulated link between all hosts. Packets travel as the very frames that the capture shows.
//  1. A frame arrives one link delay after it was sent, in the order sent.
//  2. The sink sees a frame once, at the device's side: leaving a device when it is sent, reaching
//  a
//     device when it arrives; with no device named, when it is sent.
//  3. An unreachable address answers from a router with ICMP host unreachable, one delay each way.
//  4. No ICMP error answers an ICMP error (RFC 1122 §3.2.2, RFC 4443 §2.4).

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "harness/base/endpoint.hpp"
#include "harness/base/unreachable.hpp"
#include "harness/packet/decode.hpp"
#include "harness/packet/frame.hpp"
#include "harness/world_sim/event_loop.hpp"
#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::world_sim {

/// All hosts' UDP, or all hosts' TCP.
class PacketReceiver {
 public:
  virtual ~PacketReceiver() = default;
  virtual void on_packet(const packet::IpPacket& packet) = 0;
  virtual void on_icmp_error(const packet::IcmpError& error) = 0;
};

class Network {
 public:
  Network(EventLoop& loop, const SimulationOptions& options);

  /// Both receivers are attached before the first packet is sent and outlive the last.
  void attach(Transport transport, PacketReceiver& receiver);
  void set_sink(packet::FrameSink* sink) { sink_ = sink; }
  void add_device(const IpAddress& device) { devices_.insert(device); }
  void make_unreachable(const IpAddress& address, bool on);
  CaptureTime capture_time(TimePoint at) const { return epoch_ + at.time_since_epoch(); }

  /// Counts the IPv4 packets of one host.
  std::uint16_t next_ip_id(const IpAddress& source) { return ++ip_ids_[source]; }
  void send(std::string frame);
  /// `reporter` tells the sender of `original` that it cannot be delivered.
  void report_unreachable(const packet::IpPacket& original, const IpAddress& reporter,
                          Unreachable reason);

 private:
  bool is_seen_when_sent(const packet::IpPacket& packet) const;
  bool is_seen_on_arrival(const packet::IpPacket& packet) const;
  void show(const std::string& frame);
  void arrive(const std::string& frame);
  void deliver(const packet::IpPacket& packet);

  EventLoop& loop_;
  Duration link_delay_;
  CaptureTime epoch_;
  packet::FrameSink* sink_ = nullptr;
  PacketReceiver* udp_ = nullptr;
  PacketReceiver* tcp_ = nullptr;
  std::set<IpAddress> devices_;
  std::set<IpAddress> unreachable_;
  std::map<IpAddress, std::uint16_t> ip_ids_;
};

}  // namespace sipharness::world_sim
