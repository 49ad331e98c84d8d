#include "harness/check/back_off.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"

namespace sipharness::check {

BackOff doubling(const Phone& phone) {
  return [t1 = phone.profile.timers.t1](std::size_t k) {
    return t1 * (std::int64_t{1} << std::min<std::size_t>(k, 20));
  };
}

BackOff doubling_to_t2(const Phone& phone) {
  return [uncapped = doubling(phone), t2 = phone.profile.timers.t2](std::size_t k) {
    return std::min(uncapped(k), t2);
  };
}

std::size_t full_count(const Phone& phone, const BackOff& back_off) {
  std::size_t count = 1;
  Duration offset = back_off(0);
  while (offset < phone.profile.timers.sixty_four_t1()) offset += back_off(count++);
  return count;
}

bool may_be_lost_on_the_way(const Phone& phone) {
  return phone.trace.vantage == trace::Vantage::server;
}

bool judge_interval(const Phone& phone, const Interval& interval, std::string_view what,
                    Occurrence& it) {
  const auto [server, before, after, nominal] = interval;
  const auto tolerance = timer_tolerance(phone, nominal);
  it.about({server, phone.message(before).sip.call_id(), {before, after}});
  if (phone.at(after) - phone.at(before) > nominal + tolerance.value &&
      may_be_lost_on_the_way(phone)) {
    it.inconclusive(verdict::Blame::network,
                    "captured at the server: a transmission may have been lost on the way");
    return false;
  }
  it.within({.start = phone.at(before),
             .end = phone.at(after),
             .window = {.min = nominal - tolerance.value / 2, .max = nominal + tolerance.value},
             .tolerance = tolerance},
            what);
  return true;
}

void judge_intervals(const Phone& phone, const Copies& copies, const BackOff& back_off,
                     Occurrence& it) {
  const std::vector<std::size_t>& sends = copies.messages;
  if (sends.size() < 3) return;
  for (std::size_t k = 0; k + 1 < sends.size(); ++k)
    if (!judge_interval(phone, {copies.server, sends[k], sends[k + 1], back_off(k)},
                        fmt::format("{} transmission {} after the one before", copies.what, k + 2),
                        it))
      return;
}

}  // namespace sipharness::check
