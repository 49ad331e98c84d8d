#include "harness/check/back_off.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sipharness::check {

BackOff doubling(const Context& context) {
  return [t1 = context.profile.timers.t1](std::size_t k) {
    return t1 * (std::int64_t{1} << std::min<std::size_t>(k, 20));
  };
}

BackOff doubling_to_t2(const Context& context) {
  return [uncapped = doubling(context), t2 = context.profile.timers.t2](std::size_t k) {
    return std::min(uncapped(k), t2);
  };
}

std::size_t full_count(const Context& context, const BackOff& back_off) {
  std::size_t count = 1;
  Duration offset = back_off(0);
  while (offset < context.profile.timers.sixty_four_t1()) offset += back_off(count++);
  return count;
}

bool may_be_lost_on_the_way(const Context& context) {
  return context.trace.vantage == trace::Vantage::server;
}

void judge_intervals(const Context& context, Judge& judge, const Copies& copies,
                     const BackOff& back_off) {
  const std::vector<std::size_t>& sends = copies.messages;
  for (std::size_t k = 0; sends.size() >= 3 && k + 1 < sends.size(); ++k) {
    const Duration nominal = back_off(k);
    const auto tolerance = timer_tolerance(context, nominal);
    const Evidence evidence{
        copies.server, context.message(sends[k]).sip.call_id(), {sends[k], sends[k + 1]}};
    const bool is_late =
        context.at(sends[k + 1]) - context.at(sends[k]) > nominal + tolerance.value;
    if (is_late && may_be_lost_on_the_way(context)) {
      judge.inconclusive(evidence, verdict::Blame::network,
                         "captured at the server: a transmission may have been lost on the way");
      return;
    }
    judge.within(
        evidence,
        {.start = context.at(sends[k]),
         .end = context.at(sends[k + 1]),
         .window = {.min = nominal - tolerance.value / 2, .max = nominal + tolerance.value},
         .tolerance = tolerance},
        fmt::format("{} transmission {} after the one before", copies.what, k + 2));
  }
}

}  // namespace sipharness::check
