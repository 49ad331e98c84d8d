#include "harness/host/net/engine.hpp"

#include <algorithm>
#include <iterator>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <utility>

#include <fmt/format.h>

#include "harness/host/machine/descriptors.hpp"

namespace sipharness::host {

world::Timer Engine::call_at(TimePoint at, std::function<void()> call) {
  world::Timer timer = timers_.add(std::max(at, now()), std::move(call));
  set_alarm();
  return timer;
}

void Engine::run(TimePoint until, const std::function<bool()>& done) {
  bool is_over = false;
  const world::Timer end = call_at(until, [&is_over] { is_over = true; });
  stop_ = [&is_over, &done] { return is_over || (done && done()); };
  while (!stop_()) reactor_.run_one();
  stop_ = nullptr;
}

void Engine::abandon(Descriptor socket) {
  // In repair mode close() forgets the connection without a FIN, and the kernel answers later
  // segments as it answers strangers. It takes CAP_NET_ADMIN.
  if (set_option(socket, IPPROTO_TCP, TCP_REPAIR, 1)) return;
  // Without it the socket is kept and answers what comes with an ACK first, then the RST.
  AbandonedSocket& abandoned = abandoned_.emplace_back(std::move(socket), nullptr);
  const auto position = std::prev(abandoned_.end());
  abandoned.watch = reactor_.watch(abandoned.socket.number(), [this, position] {
    reset_on_close(position->socket);
    abandoned_.erase(position);
  });
}

void Engine::tell_shortage(const std::string& consequence) {
  const auto tell = std::exchange(shortage_, {});
  if (!tell) return;
  tell(
      fmt::format("{} descriptors are all that this process may have: {}; raise the limit "
                  "(ulimit -Hn)",
                  descriptor_limit(), consequence));
}

void Engine::set_alarm() {
  const std::optional<TimePoint> next = timers_.next();
  if (!next || (alarm_ && *alarm_ <= *next)) return;
  alarm_ = next;
  reactor_.wake_at(*next);
}

void Engine::run_due_timers() {
  alarm_.reset();
  // Timers made meanwhile wait for the next round, so that sockets get their turn.
  const TimePoint due = now();
  while (timers_.run_one_due(due) && !stop_()) {
  }
  set_alarm();
}

}  // namespace sipharness::host
