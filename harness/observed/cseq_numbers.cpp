#include "harness/observed/cseq_numbers.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
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

/// policy: a machine with more is no phone, and its accounts are not looked through.
constexpr std::size_t most_accounts = 16;

/// The other accounts on the machines of the phone.
std::set<std::size_t> accounts_beside(const Phone& phone) {
  std::set<std::size_t> found;
  const auto& devices = phone.trace.devices;
  if (phone.device >= devices.size()) return found;
  for (const Endpoint& own : devices[phone.device].addresses) {
    const auto all = phone.trace.partition.on(own.address);
    if (all.size() <= most_accounts) found.insert(all.begin(), all.end());
  }
  found.erase(phone.device);
  return found;
}

/// The CSeq numbers of the REGISTERs of these, by Call-ID.
std::map<std::string, std::set<std::uint32_t>, std::less<>> find_numbers_beside(
    const Phone& phone) {
  std::map<std::string, std::set<std::uint32_t>, std::less<>> found;
  for (const std::size_t other : accounts_beside(phone))
    for (const std::uint32_t index : phone.trace.partition.of(other).messages) {
      const auto& place = phone.trace.messages.places()[index];
      if (!place.is_request || place.method != sip::Method::register_) continue;
      const Message message = phone.trace.messages[index];
      found[std::string(message.sip.call_id())].insert(message.sip.cseq());
    }
  return found;
}

/// How many of those between the two requests, both left out, another account of the machine used.
std::size_t used_beside(const Phone& phone, const Message& before, const Message& now) {
  const auto& beside = phone.derived<find_numbers_beside>();
  const auto found = beside.find(now.sip.call_id());
  if (found == beside.end()) return 0;
  return static_cast<std::size_t>(std::distance(found->second.upper_bound(before.sip.cseq()),
                                                found->second.lower_bound(now.sip.cseq())));
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
  if (!unused) return false;
  const std::size_t unopened = unopened_connections(phone, before.at, now.at);
  return *unused <= unopened || *unused <= unopened + used_beside(phone, before, now);
}

CseqNumbers find_cseq_numbers(const Phone& phone) {
  return {phone, sip::Method::unknown};
}

}  // namespace sipharness::observed
