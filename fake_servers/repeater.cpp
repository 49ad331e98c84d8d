#include "fake_servers/repeater.hpp"

namespace fake_servers {

Repeater::Repeater(Station& station, const Hop& hop, const std::string& bytes,
                   const std::vector<Duration>& offsets) {
  for (const Duration offset : offsets)
    timers_.push_back(
        station.world.call_after(offset, [&station, hop, bytes] { station.send(hop, bytes); }));
}

}  // namespace fake_servers
