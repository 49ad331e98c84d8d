#pragma once
// The port that all calls of a server send their RTP from: one descriptor, however many calls
// there are. Whatever arrives is dropped unseen.
//  1. It is opened when the first call is answered or made.
//  2. Where no port can be opened, calls go on without RTP, and the journal says so once.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/journal/journal.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

class MediaPort final : sipharness::world::DatagramHandler {
 public:
  MediaPort(sipharness::world::World& world, sipharness::journal::Writer& journal,
            const sipharness::IpAddress& address, std::string server)
      : world_(world), journal_(journal), address_(address), server_(std::move(server)) {}
  MediaPort(const MediaPort&) = delete;
  MediaPort& operator=(const MediaPort&) = delete;

  /// Its endpoint; nothing if there is no port.
  std::optional<sipharness::Endpoint> open();
  void send(const sipharness::Endpoint& destination, std::string_view packet) {
    if (port_) port_->send(destination, packet);
  }

 private:
  void on_datagram(const sipharness::Endpoint&, std::string_view) override {}
  void on_unreachable(const sipharness::Endpoint&, sipharness::Unreachable) override {}

  sipharness::world::World& world_;
  sipharness::journal::Writer& journal_;
  sipharness::IpAddress address_;
  std::string server_;
  std::unique_ptr<sipharness::world::DatagramPort> port_;
  bool is_told_ = false;
};

}  // namespace fake_servers
