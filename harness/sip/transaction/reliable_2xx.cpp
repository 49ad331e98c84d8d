#include "harness/sip/transaction/reliable_2xx.hpp"

#include <algorithm>
#include <utility>

namespace sipharness::sip {

Reliable2xx::Reliable2xx(world::World& world, Options options)
    : world_(world), options_(std::move(options)), interval_(options_.timers.t1) {
  timeout_ = world_.call_after(options_.timers.sixty_four_t1(), [this] {
    repeat_.cancel();
    const auto give_up = std::move(options_.on_give_up);
    if (give_up) give_up();
  });
  wait();
}

void Reliable2xx::stop() {
  timeout_.cancel();
  repeat_.cancel();
}

void Reliable2xx::wait() {
  repeat_ = world_.call_after(interval_, [this] {
    interval_ = std::min(2 * interval_, options_.timers.t2);
    wait();
    const auto resend = options_.resend;
    if (resend) resend();
  });
}

}  // namespace sipharness::sip
