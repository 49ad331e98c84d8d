#pragma once
// The way between the device and one server: what it does to each packet, and when.
//  1. Each direction, and each thing done to it, has a random stream of its own, so that one does
//     not shift the other.
//  2. What is late keeps its order, but for datagrams where the scenario wants them to overtake.

#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

class LossyLink {
 public:
  using Duration = sipharness::Duration;
  using Link = sipharness::scenario::Link;

  LossyLink(std::vector<Link> links, const sipharness::Rng& rng)
      : links_(std::move(links)),
        to_server_(rng, "to server"),
        to_device_(rng, "to device"),
        duplicates_(rng.fork("duplicates")) {}

  // All at scenario time `now`.
  bool loses_to_server(Duration now) { return draw(to_server_.loss, at(now).lose_to_server); }
  bool loses_to_device(Duration now) { return draw(to_device_.loss, at(now).lose_to_device); }
  bool duplicates_to_device(Duration now) { return draw(duplicates_, at(now).duplicate_to_device); }
  /// How much later it arrives.
  Duration delay_to_server(Duration now, sipharness::Transport transport) {
    return delay(to_server_, now, transport);
  }
  Duration delay_to_device(Duration now, sipharness::Transport transport) {
    return delay(to_device_, now, transport);
  }

 private:
  struct Direction {
    Direction(const sipharness::Rng& rng, std::string_view name)
        : loss(rng.fork(name)), jitter(loss.fork("jitter")) {}
    sipharness::Rng loss;
    sipharness::Rng jitter;
    Duration last_arrival{};
  };

  /// Nothing is drawn where nothing can happen.
  static bool draw(sipharness::Rng& rng, double probability) {
    return probability > 0 && rng.chance(probability);
  }

  const Link& at(Duration now) const {
    static const Link healthy;
    const auto is_on = [now](const Link& link) {
      return now >= link.from.value_or(now) && (!link.until || now < *link.until);
    };
    const auto found = std::ranges::find_if(links_, is_on);
    return found == links_.end() ? healthy : *found;
  }

  Duration delay(Direction& way, Duration now, sipharness::Transport transport) const {
    const Link& link = at(now);
    Duration arrival = now + link.delay;
    if (link.jitter > Duration::zero())
      arrival += way.jitter.between(Duration::zero(), link.jitter);
    const bool may_overtake = link.reorder && transport == sipharness::Transport::udp;
    if (!may_overtake) arrival = std::max(arrival, way.last_arrival);
    way.last_arrival = std::max(arrival, way.last_arrival);
    return arrival - now;
  }

  std::vector<Link> links_;
  Direction to_server_;
  Direction to_device_;
  sipharness::Rng duplicates_;
};

}  // namespace fake_servers
