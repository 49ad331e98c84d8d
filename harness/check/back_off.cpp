#include "harness/check/back_off.hpp"

#include <algorithm>
#include <array>
#include <string>

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

/// What phones offer for T2 besides the 4 s of RFC 3261, such as a GRP26xx (P250).
constexpr std::array other_t2s{Duration(2s), Duration(8s)};

/// Where T1 or T2 is not known: by which others the copies were sent, in words; empty if by none.
std::string other_timers(const Phone& phone, const std::vector<std::size_t>& sends,
                         const BackOff& back_off) {
  if (goes_by(phone, sends, back_off)) return {};
  const Duration own = back_off(0);
  const Duration cap = back_off(20);
  const auto goes_by_these = [&](Duration t1, Duration t2) {
    return goes_by(phone, sends,
                   [&](std::size_t k) { return std::min(doubled(t1, k), std::max(t1, t2)); });
  };
  const bool has_t2 = !phone.profile.knows_timers && cap == phone.profile.timers.t2;
  const Duration first = phone.at(sends[1]) - phone.at(sends[0]);
  const bool may_be_another = !phone.knows_t1 && first > own;
  if (may_be_another && goes_by_these(first, cap))
    return fmt::format("a T1 of {}; T1 is", format_seconds(first));
  for (const Duration t2 : other_t2s) {
    if (has_t2 && goes_by_these(own, t2))
      return fmt::format("a T2 of {}; T2 is", format_seconds(t2));
    if (has_t2 && may_be_another && goes_by_these(first, t2))
      return fmt::format("a T1 of {} and a T2 of {}; they are", format_seconds(first),
                         format_seconds(t2));
  }
  return {};
}

}  // namespace

bool judge_intervals(const Phone& phone, const Copies& copies, const BackOff& back_off,
                     Occurrence& it) {
  const std::vector<std::size_t>& sends = copies.messages;
  if (sends.size() < 3) return true;
  if (const std::string timers = other_timers(phone, sends, back_off); !timers.empty()) {
    it.about({copies.server, phone.message(sends.front()).sip.call_id(), sends})
        .inconclusive(
            verdict::Blame::user,
            fmt::format("{} sent again as by {} not known: say --profile", copies.what, timers));
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
