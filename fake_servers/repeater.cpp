#include "fake_servers/repeater.hpp"

namespace fake_servers {

Repeater::Repeater(ServerCore& core, const Hop& hop, const std::string& bytes,
                   const std::vector<Duration>& offsets) {
  for (const Duration offset : offsets)
    timers_.push_back(
        core.world.call_after(offset, [&core, hop, bytes] { core.send(hop, bytes); }));
}

}  // namespace fake_servers
