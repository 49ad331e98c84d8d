#include "harness/observed/observed_t1.hpp"

#include <algorithm>
#include <vector>

#include "harness/observed/client_transactions.hpp"
#include "harness/observed/tolerances.hpp"

namespace sipharness::observed {
namespace {

constexpr Duration least_t1 = 450ms;
constexpr Duration most_t1 = 1h;  // policy: a longer one is a step of the capture's clock
/// Nothing of a capture, whose seconds have 32 bits, comes later than 64 times the 64th of it.
constexpr Duration whole_capture = std::chrono::seconds(0xffffffff);
constexpr std::size_t least_sends = 4;

struct FirstIntervals {
  Duration t1{};
  bool is_whole = false;
};

/// Interval k of a series with this T1.
Duration interval(const Phone& phone, sip::Method method, Duration t1, std::size_t k) {
  const Duration doubled = t1 * (std::int64_t{1} << std::min<std::size_t>(k, 20));
  return method == sip::Method::invite ? doubled : std::min(doubled, phone.profile.timers.t2);
}

/// How many transmissions fit before 64·T1.
std::size_t sends_before_timeout(const Phone& phone, sip::Method method, Duration t1) {
  std::size_t count = 1;
  for (Duration offset = interval(phone, method, t1, 0); offset < 64 * t1; ++count)
    offset += interval(phone, method, t1, count);
  return count;
}

/// The transmissions before the first response.
std::vector<CaptureTime> times_of(const Phone& phone, const Transaction& transaction) {
  std::vector<CaptureTime> times;
  for (const std::size_t send : transaction.sends) {
    if (transaction.first_response && send > *transaction.first_response) break;
    times.push_back(phone.at(send));
  }
  return times;
}

std::optional<FirstIntervals> series_of(const Phone& phone, const Transaction& transaction) {
  if (transaction.sends.size() < least_sends) return std::nullopt;
  const std::vector<CaptureTime> times = times_of(phone, transaction);
  if (times.size() < least_sends) return std::nullopt;
  const Duration t1 = (times[least_sends - 1] - times[0]) / 7;  // T1 + 2·T1 + 4·T1
  if (t1 < least_t1 || t1 > most_t1) return std::nullopt;
  const auto fits = [&](std::size_t k) {
    const Duration nominal = interval(phone, transaction.method, t1, k);
    const Duration off = times[k + 1] - times[k] - nominal;
    return std::max(off, -off) <= timer_tolerance(phone, nominal).value;
  };
  std::size_t fitting = 0;
  while (fitting + 1 < times.size() && fits(fitting)) ++fitting;
  if (fitting + 1 < least_sends) return std::nullopt;
  const bool is_whole = !transaction.first_response && fitting + 1 == times.size() &&
                        times.size() == sends_before_timeout(phone, transaction.method, t1) &&
                        phone.trace.last > times[0] + 64 * t1;
  if (!is_whole && may_have_begun_unseen(phone, transaction)) return std::nullopt;
  return FirstIntervals{t1, is_whole};
}

}  // namespace

std::optional<Duration> observed_t1(const Phone& phone) {
  std::vector<Duration> shown;
  bool is_any_whole = false;
  for (const Transaction* transaction : client_transactions(phone)) {
    if (!is_unreliable(phone, *transaction)) continue;
    const auto series = series_of(phone, *transaction);
    if (!series) continue;
    shown.push_back(series->t1);
    is_any_whole = is_any_whole || series->is_whole;
  }
  if (shown.empty() || (shown.size() < 2 && !is_any_whole)) return std::nullopt;
  std::ranges::sort(shown);
  const Duration median = shown[shown.size() / 2];
  const Duration tolerance = timer_tolerance(phone, median).value;
  if (shown.back() - median > tolerance || median - shown.front() > tolerance) return std::nullopt;
  return median;
}

Duration longest_t1(const Phone& phone, const Transaction& transaction) {
  const Duration t1 = phone.profile.timers.t1;
  if (phone.knows_t1 || transaction.sends.size() < 2) return t1;
  const Duration first = phone.at(transaction.sends[1]) - phone.at(transaction.sends[0]);
  return std::max(t1, std::min(first, whole_capture / 64));
}

bool may_have_begun_unseen(const Phone& phone, const Transaction& transaction) {
  if (phone.trace.has_journal()) return false;
  const CaptureTime first = phone.at(transaction.sends.front());
  if (transaction.sends.size() < 2) return first - phone.profile.timers.t2 <= phone.trace.first;
  const Duration seen = phone.at(transaction.sends[1]) - first;
  const Duration t1 = phone.profile.timers.t1;
  return seen > t1 + timer_tolerance(phone, t1).value && first - seen <= phone.trace.first;
}

}  // namespace sipharness::observed
