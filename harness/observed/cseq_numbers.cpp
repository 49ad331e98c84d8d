#include "harness/observed/cseq_numbers.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include "harness/observed/connections.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// SYNs of connections that were not opened, by time.
std::vector<CaptureTime> find_unopened_connections(const Phone& phone) {
  std::vector<CaptureTime> found;
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    if (!attempt.opened) found.push_back(attempt.syn);
  return found;
}

}  // namespace

CseqNumbers::CseqNumbers(const Phone& phone, sip::Method method)
    : calls_(call_numbers(phone)), numbers_(calls_.count()) {
  for (const Transaction& transaction : transactions(phone)) {
    const bool is_asked = method == sip::Method::unknown || transaction.method == method;
    if (!is_asked || transaction.direction != Direction::from_device) continue;
    const Message& request = opening(phone, transaction);
    numbers_[calls_[request]].push_back(request.sip.cseq());
  }
  for (std::vector<std::uint32_t>& numbers : numbers_) {
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  }
}

std::optional<std::uint32_t> CseqNumbers::unused(std::uint32_t before, const Message& now) const {
  const std::vector<std::uint32_t>& used = numbers_[calls_[now]];
  const std::uint32_t number = now.sip.cseq();
  if (used.empty() || number <= before) return std::nullopt;
  const auto between =
      std::distance(std::ranges::upper_bound(used, before), std::ranges::lower_bound(used, number));
  return number - before - 1 - static_cast<std::uint32_t>(between);
}

std::size_t unopened_connections(const Phone& phone, CaptureTime from, CaptureTime until) {
  const auto& tried = phone.derived<find_unopened_connections>();
  const auto unopened =
      std::distance(std::ranges::upper_bound(tried, from), std::ranges::upper_bound(tried, until));
  return static_cast<std::size_t>(std::max(unopened, std::ptrdiff_t{0}));
}

bool is_next(const Phone& phone, const CseqNumbers& numbers, const Message& before,
             const Message& now) {
  const auto unused = numbers.unused(before.sip.cseq(), now);
  return unused && *unused <= unopened_connections(phone, before.at, now.at);
}

CseqNumbers find_cseq_numbers(const Phone& phone) {
  return {phone, sip::Method::unknown};
}

}  // namespace sipharness::observed
