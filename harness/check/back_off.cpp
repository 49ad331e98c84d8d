#include "harness/check/back_off.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"

namespace sipharness::check {

namespace {

Duration doubled(Duration t1, std::size_t times) {
  return t1 * (std::int64_t{1} << std::min<std::size_t>(times, 20));
}

}  // namespace

BackOff doubling(const Phone& phone) {
  return [t1 = phone.profile.timers.t1](std::size_t k) { return doubled(t1, k); };
}

BackOff doubling_to_t2(const Phone& phone) {
  return [t1 = phone.profile.timers.t1, t2 = phone.profile.timers.t2](std::size_t k) {
    return std::min(doubled(t1, k), t2);
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

namespace {

bool goes_by(const Phone& phone, const std::vector<std::size_t>& sends, const BackOff& back_off) {
  for (std::size_t k = 0; k + 1 < sends.size(); ++k) {
    const Duration off = phone.at(sends[k + 1]) - phone.at(sends[k]) - back_off(k);
    const Duration tolerance = timer_tolerance(phone, back_off(k)).value;
    if (off > tolerance || off < -tolerance / 2) return false;
  }
  return true;
}

/// The T1 that the first interval shows, where it is not known and all others go by it.
std::optional<Duration> other_t1(const Phone& phone, const std::vector<std::size_t>& sends,
                                 const BackOff& back_off) {
  if (phone.knows_t1 || goes_by(phone, sends, back_off)) return std::nullopt;
  const Duration first = phone.at(sends[1]) - phone.at(sends[0]);
  const Duration cap = back_off(20);
  const BackOff shown = [&](std::size_t k) {
    return std::min(first * (std::int64_t{1} << std::min<std::size_t>(k, 20)),
                    std::max(first, cap));
  };
  const bool is_possible = first > back_off(0) && goes_by(phone, sends, shown);
  return is_possible ? std::optional(first) : std::nullopt;
}

}  // namespace

bool judge_intervals(const Phone& phone, const Copies& copies, const BackOff& back_off,
                     Occurrence& it) {
  const std::vector<std::size_t>& sends = copies.messages;
  if (sends.size() < 3) return true;
  if (const auto t1 = other_t1(phone, sends, back_off)) {
    it.about({copies.server, phone.message(sends.front()).sip.call_id(), sends})
        .inconclusive(verdict::Blame::user,
                      fmt::format("{} sent again as by a T1 of {}; T1 is not known: say --profile",
                                  copies.what, format_seconds(*t1)));
    return false;
  }
  for (std::size_t k = 0; k + 1 < sends.size(); ++k)
    if (!judge_interval(phone, {copies.server, sends[k], sends[k + 1], back_off(k)},
                        fmt::format("{} transmission {} after the one before", copies.what, k + 2),
                        it))
      break;
  return true;
}

}  // namespace sipharness::check
