#include "harness/observed/idle_resets.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/observed/connections.hpp"
#include "harness/observed/server_messages.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// Until when the phone awaited something over a connection, by when it asked: an end is no earlier
/// than those before it.
using Awaited = std::map<CaptureTime, CaptureTime>;
using AwaitedByConnection = std::unordered_map<Endpoint, Awaited, EndpointHash>;

AwaitedByConnection find_awaited(const Phone& phone) {
  AwaitedByConnection found;
  for (const Transaction& request : transactions(phone)) {
    const Message& sent = opening(phone, request);
    if (request.direction != Direction::from_device || sent.transport != Transport::tcp) continue;
    Awaited& awaited = found[sent.source];
    const CaptureTime end = request.final ? phone.at(*request.final) : CaptureTime::max();
    const CaptureTime before = awaited.empty() ? CaptureTime::min() : awaited.rbegin()->second;
    awaited[sent.at] = std::max(end, before);
  }
  return found;
}

/// When connections of the phone were refused, by their local ends.
using Refusals = std::set<std::pair<Endpoint, CaptureTime>>;

Refusals find_refusals(const Phone& phone) {
  Refusals found;
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    if (attempt.refused) found.emplace(attempt.local, *attempt.refused);
  return found;
}

std::array<std::vector<CaptureTime>, 3> find_idle_resets(const Phone& phone) {
  std::array<std::vector<CaptureTime>, 3> found;
  for (const TransportFailure& failure : phone.transport_failures)
    if (is_idle_reset(phone, failure))
      found[static_cast<std::size_t>(failure.server)].push_back(failure.at);
  return found;
}

}  // namespace

bool is_idle_reset(const Phone& phone, const TransportFailure& failure) {
  if (phone.trace.has_journal() || failure.transport != Transport::tcp) return false;
  if (phone.derived<find_refusals>().contains({failure.device, failure.at})) return false;
  const auto& connections = phone.derived<find_awaited>();
  const auto awaited = connections.find(failure.device);
  if (awaited == connections.end()) return true;
  const auto next = awaited->second.upper_bound(failure.at);
  return next == awaited->second.begin() || std::prev(next)->second <= failure.at;
}

std::optional<CaptureTime> unexplained_reset(const Phone& phone, ServerRole server,
                                             CaptureTime from, CaptureTime until) {
  const auto& resets = phone.derived<find_idle_resets>()[static_cast<std::size_t>(server)];
  const auto next = std::ranges::lower_bound(resets, until);
  if (next == resets.begin() || *std::prev(next) <= from) return std::nullopt;
  const CaptureTime last = *std::prev(next);
  const auto heard = next_heard(phone, server, last);
  return heard && *heard < until ? std::nullopt : std::optional(last);
}

}  // namespace sipharness::observed
