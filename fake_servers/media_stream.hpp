#pragma once
// The far end's voice in one call: silence as RTP, so that a device does not hang up on dead media.
//  1. It sends one packet of 20 ms every 20 ms from construction to destruction, except while the
//     peer holds (see aim). Whatever arrives is dropped unseen.
//  2. No fault of the server touches it: the far end is another machine.
// @source RFC 3550 §5.1; RFC 3551 §6 (PCMU is payload type 0)

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/base/rng.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

class MediaStream final : sipharness::world::DatagramHandler {
 public:
  /// Opens a port at `address`; throws SetupError if there is none.
  MediaStream(sipharness::world::World& world, const sipharness::IpAddress& address,
              sipharness::Rng& rng);
  MediaStream(const MediaStream&) = delete;
  MediaStream& operator=(const MediaStream&) = delete;

  const sipharness::Endpoint& local() const { return port_->local(); }
  /// Where to send from now on; nothing: do not send.
  void aim(std::optional<sipharness::Endpoint> destination) { destination_ = destination; }

 private:
  void on_datagram(const sipharness::Endpoint&, std::string_view) override {}
  void on_unreachable(const sipharness::Endpoint&, sipharness::Unreachable) override {}
  void send_packet();
  std::string packet() const;

  sipharness::world::World& world_;
  std::unique_ptr<sipharness::world::DatagramPort> port_;
  std::optional<sipharness::Endpoint> destination_;
  std::uint32_t source_;
  std::uint32_t timestamp_;
  std::uint16_t sequence_;
  sipharness::TimePoint next_;
  sipharness::world::Timer timer_;
};

}  // namespace fake_servers
