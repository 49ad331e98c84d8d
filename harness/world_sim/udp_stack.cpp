#include "harness/world_sim/udp_stack.hpp"

#include <optional>

#include "harness/packet/encode.hpp"

namespace sipharness::world_sim {

class UdpStack::Port final : public world::DatagramPort {
 public:
  Port(UdpStack& stack, const Endpoint& local) : stack_(stack), local_(local) {}
  ~Port() override { stack_.handlers_.erase(local_); }
  const Endpoint& local() const override { return local_; }
  void send(const Endpoint& destination, std::string_view payload) override {
    stack_.send(local_, destination, payload);
  }

 private:
  UdpStack& stack_;
  Endpoint local_;
};

std::unique_ptr<world::DatagramPort> UdpStack::open(const Endpoint& wanted,
                                                    world::DatagramHandler& handler) {
  const auto is_taken = [this](const Endpoint& local) { return handlers_.contains(local); };
  const Endpoint local = ephemeral_.choose(wanted, is_taken);
  if (is_taken(local))
    throw SetupError("UDP port " + local.text() + " is taken: choose another, or 0 for a free one");
  auto port = std::make_unique<Port>(*this, local);
  handlers_.emplace(local, &handler);
  return port;
}

void UdpStack::send(const Endpoint& source, const Endpoint& destination, std::string_view payload) {
  if (source.address.is_v4() != destination.address.is_v4()) {
    loop_.post_at(loop_.now(), [this, source, destination] {
      tell_unreachable(source, destination, Unreachable::network);
    });
    return;
  }
  if (payload.size() > packet::max_udp_payload(destination.address)) return;  // EMSGSIZE
  network_.send(packet::encode(packet::UdpDatagram{.source = source,
                                                   .destination = destination,
                                                   .ip_id = network_.next_ip_id(source.address),
                                                   .payload = payload}));
}

void UdpStack::on_packet(const packet::IpPacket& packet) {
  const std::optional<packet::UdpHeader> datagram = packet::decode_udp(packet.payload);
  if (!datagram) return;
  const auto found = handlers_.find({packet.destination, datagram->destination_port});
  if (found == handlers_.end()) {
    network_.report_unreachable(packet, packet.destination, Unreachable::port);
    return;
  }
  found->second->on_datagram({packet.source, datagram->source_port}, datagram->payload);
}

void UdpStack::on_icmp_error(const packet::IcmpError& error) {
  tell_unreachable(error.original_source, error.original_destination, error.reason);
}

void UdpStack::tell_unreachable(const Endpoint& source, const Endpoint& destination,
                                Unreachable reason) {
  const auto found = handlers_.find(source);
  if (found != handlers_.end()) found->second->on_unreachable(destination, reason);
}

}  // namespace sipharness::world_sim
