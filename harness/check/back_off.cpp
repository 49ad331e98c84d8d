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

void judge_intervals(const Phone& phone, Judge& judge, const Copies& copies,
                     const BackOff& back_off) {
  const std::vector<std::size_t>& sends = copies.messages;
  for (std::size_t k = 0; sends.size() >= 3 && k + 1 < sends.size(); ++k) {
    const Duration nominal = back_off(k);
    const auto tolerance = timer_tolerance(phone, nominal);
    const Evidence evidence{
        copies.server, phone.message(sends[k]).sip.call_id(), {sends[k], sends[k + 1]}};
    const bool is_late = phone.at(sends[k + 1]) - phone.at(sends[k]) > nominal + tolerance.value;
    if (is_late && may_be_lost_on_the_way(phone)) {
      judge.inconclusive(evidence, verdict::Blame::network,
                         "captured at the server: a transmission may have been lost on the way");
      return;
    }
    judge.within(
        evidence,
        {.start = phone.at(sends[k]),
         .end = phone.at(sends[k + 1]),
         .window = {.min = nominal - tolerance.value / 2, .max = nominal + tolerance.value},
         .tolerance = tolerance},
        fmt::format("{} transmission {} after the one before", copies.what, k + 2));
  }
}

}  // namespace sipharness::check
