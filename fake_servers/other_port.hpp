#pragma once
// A second UDP port of a server, from which responses leave that a scenario wants from there.
//  1. It is opened when it is first used, and what arrives at it is heard by nobody.

#include <memory>
#include <optional>
#include <string_view>

#include "harness/sip/transaction/layer.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

class OtherPort final : public sipharness::world::DatagramHandler {
 public:
  OtherPort(sipharness::world::World& world, const sipharness::IpAddress& address)
      : world_(world), address_(address) {}

  /// The way it really went.
  std::optional<sipharness::sip::Hop> send(const sipharness::Endpoint& remote,
                                           std::string_view bytes) {
    if (!port_) port_ = world_.open_datagram({address_, 0}, *this);
    port_->send(remote, bytes);
    return sipharness::sip::Hop{sipharness::Transport::udp, port_->local(), remote};
  }

 private:
  void on_datagram(const sipharness::Endpoint&, std::string_view) override {}
  void on_unreachable(const sipharness::Endpoint&, sipharness::Unreachable) override {}

  sipharness::world::World& world_;
  sipharness::IpAddress address_;
  std::unique_ptr<sipharness::world::DatagramPort> port_;
};

}  // namespace fake_servers
