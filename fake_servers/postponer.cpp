#include "fake_servers/postponer.hpp"

#include <utility>

namespace fake_servers {

bool Postponer::call_after(sipharness::Duration delay, std::function<void()> call) {
  if (pending_.size() >= max_pending) return false;
  const std::uint64_t id = ++last_id_;
  pending_[id] = world_.call_after(delay, [this, id, call = std::move(call)] {
    const auto running = pending_.extract(id);
    call();
  });
  return true;
}

}  // namespace fake_servers
