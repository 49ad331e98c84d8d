#pragma once
// The far end's voice in one call: silence as RTP, so that a device does not hang up on dead media.
//  1. It sends one packet of 20 ms every 20 ms from construction to destruction, except while the
//     peer holds (see aim).
//  2. No fault of the server touches it: the far end is another machine.
// @source RFC 3550 §5.1; RFC 3551 §6 (PCMU is payload type 0)

#include <cstdint>
#include <optional>
#include <string>

#include "fake_servers/media_port.hpp"
#include "harness/base/rng.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

class MediaStream {
 public:
  MediaStream(sipharness::world::World& world, MediaPort& port, sipharness::Rng& rng);
  MediaStream(const MediaStream&) = delete;
  MediaStream& operator=(const MediaStream&) = delete;

  /// Where to send from now on; nothing: do not send.
  void aim(std::optional<sipharness::Endpoint> destination) { destination_ = destination; }

 private:
  void send_packet();
  std::string packet() const;

  sipharness::world::World& world_;
  MediaPort& port_;
  std::optional<sipharness::Endpoint> destination_;
  std::uint32_t source_;
  std::uint32_t timestamp_;
  std::uint16_t sequence_;
  sipharness::TimePoint next_;
  sipharness::world::Timer timer_;
};

}  // namespace fake_servers
