#include "harness/observed/switch_offs.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <unordered_set>

#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

constexpr std::array roles{ServerRole::primary, ServerRole::secondary, ServerRole::none};

/// A request of the device that takes no registration back, and whether its Call-ID is a REGISTER's
/// that was not seen before: a device that boots begins with one.
struct OwnRequest {
  CaptureTime at;
  bool begins_registration = false;
};

std::vector<OwnRequest> find_own_requests(const Phone& phone) {
  std::unordered_set<std::size_t> unregisters;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (attempt.unregister)
      unregisters.insert(attempt.transactions.begin(), attempt.transactions.end());
  std::unordered_set<std::uint32_t> known;
  std::vector<OwnRequest> found;
  for (std::size_t index = 0; index < transactions(phone).size(); ++index) {
    const Transaction& transaction = transactions(phone)[index];
    if (transaction.direction != Direction::from_device) continue;
    const Message& request = opening(phone, transaction);
    const bool is_register = transaction.method == sip::Method::register_;
    const bool is_new = is_register && known.insert(call_numbers(phone)[request]).second;
    if (!unregisters.contains(index)) found.push_back({request.at, is_new});
  }
  return found;
}

/// The server still holds a binding at `gone` that the device did not want back since `from`.
bool keeps_binding(const Phone& phone, ServerRole server, CaptureTime from, CaptureTime gone) {
  const Binding* binding = binding_at(phone, server, gone);
  if (binding == nullptr) return false;
  const auto& attempts = attempts_at(phone, server);
  const auto first = std::ranges::lower_bound(attempts, std::max(from, binding->from), {},
                                              &RegisterAttempt::start);
  const auto last =
      std::ranges::upper_bound(first, attempts.end(), gone, {}, &RegisterAttempt::start);
  return std::none_of(first, last, [](const RegisterAttempt* one) { return one->unregister; });
}

std::vector<CaptureTime> shutdowns(const Phone& phone) {
  std::vector<CaptureTime> found;
  for (const Action& action : actions(phone))
    if (action.event->verb == "shutdown" && action.event->reported_ok) found.push_back(action.at);
  return found;
}

/// When the device that went at `at` was started again; beyond the trace if it was not.
CaptureTime return_after(const Phone& phone, CaptureTime at) {
  const CaptureTime never = CaptureTime::max();
  if (phone.trace.has_journal()) return next_action(phone, "boot", at).value_or(never);
  const auto& beginnings = registration_beginnings(phone);
  const auto next = std::ranges::upper_bound(beginnings, at + policy::round_trip_slack);
  return next == beginnings.end() ? never : *next;
}

}  // namespace

std::vector<CaptureTime> find_own_switch_offs(const Phone& phone) {
  const std::vector<OwnRequest> requests = find_own_requests(phone);
  std::vector<CaptureTime> found;
  for (const RegisterAttempt& attempt : attempts(phone)) {
    if (!attempt.unregister) continue;
    const CaptureTime from = attempt.start - policy::side_by_side;
    const CaptureTime gone = attempt.start + policy::side_by_side;
    const auto next = std::ranges::upper_bound(requests, gone, {}, &OwnRequest::at);
    const bool goes_on = next != requests.end() && !next->begins_registration;
    const bool keeps_one = std::ranges::any_of(
        roles, [&](ServerRole server) { return keeps_binding(phone, server, from, gone); });
    if (!goes_on || !keeps_one) found.push_back(attempt.start);
  }
  return found;
}

std::vector<Departure> find_departures(const Phone& phone) {
  std::vector<Departure> found;
  for (const CaptureTime at :
       phone.trace.has_journal() ? shutdowns(phone) : own_switch_offs(phone)) {
    if (!found.empty() && at <= found.back().at + policy::side_by_side) continue;
    const CaptureTime back = return_after(phone, at);
    Departure one{.at = at,
                  .is_known = phone.trace.has_journal() || back < phone.trace.last,
                  .seen_until = std::min(back, phone.trace.last)};
    for (const ServerRole server : roles) {
      const auto& attempts = attempts_at(phone, server);
      const auto after = std::ranges::lower_bound(attempts, back, {}, &RegisterAttempt::start);
      if (after == attempts.begin() || (*std::prev(after))->start < at) continue;
      one.last_attempts[static_cast<std::size_t>(server)] = *std::prev(after);
      one.told_a_server |= (*std::prev(after))->unregister;
    }
    found.push_back(one);
  }
  return found;
}

const RegisterAttempt* left_one_server(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto left = std::ranges::find(departures(phone), at, &Departure::at);
  if (left == departures(phone).end()) return nullptr;
  const RegisterAttempt* last = left->last_attempt_at(server);
  const Binding* kept = binding_at(phone, other(server), at);
  const bool may_live_on = last != nullptr && last->unregister && kept != nullptr &&
                           left->last_attempt_at(other(server)) == nullptr && !left->is_known &&
                           !left->is_certain(kept->until);
  return may_live_on ? last : nullptr;
}

bool has_taken_leave(const Phone& phone, CaptureTime last_sent) {
  return !phone.trace.has_journal() && !departures(phone).empty() &&
         last_sent <= departures(phone).back().at + policy::side_by_side;
}

}  // namespace sipharness::observed
