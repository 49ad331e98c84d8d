#include "harness/observed/client_transactions.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

namespace {

using MethodAndCallId = std::pair<sip::Method, std::string_view>;
using ClientTransactionGroups = std::map<MethodAndCallId, std::vector<const Transaction*>>;

MethodAndCallId group_of(const Phone& phone, const Transaction& transaction) {
  return {transaction.method, opening(phone, transaction).sip.call_id()};
}

ClientTransactionGroups find_client_transaction_groups(const Phone& phone) {
  ClientTransactionGroups groups;
  for (const Transaction* transaction : client_transactions(phone))
    groups[group_of(phone, *transaction)].push_back(transaction);
  return groups;
}

/// Nobody answered for so long, hung up, or told the device that the server is not there.
bool drew_nothing(const Phone& phone, const Transaction& request, Duration silence) {
  const CaptureTime start = start_of(phone, request);
  const CaptureTime until = start + silence;
  const CallGroup* call = call_of(phone, request);
  return phone.trace.last > until &&
         (!request.first_response || phone.at(*request.first_response) > until) &&
         next_power_change(phone, start) > until &&
         !transport_failure(phone, request.server, start, until) &&
         (call == nullptr || !hung_up_before(*call, until));
}

/// The user hung up, or the call went on elsewhere, between the two instants.
bool was_call_left(const Phone& phone, const Transaction& transaction, CaptureTime from,
                   CaptureTime until) {
  const CallGroup* call = call_of(phone, transaction);
  if (call == nullptr) return false;
  if (hung_up_before(*call, until)) return true;
  return std::ranges::any_of(call->legs,
                             [&](const Leg& leg) { return leg.i0 > from && leg.i0 < until; });
}

/// By Call-ID: the first request that is too large for a datagram.
std::unordered_map<std::string_view, std::size_t> find_first_large_requests(const Phone& phone) {
  std::unordered_map<std::string_view, std::size_t> found;
  for (const Message* request : requests_of_device(phone))
    if (request->sip.bytes().size() > largest_datagram)
      found.emplace(request->sip.call_id(), request->index);
  return found;
}

}  // namespace

std::vector<const Transaction*> find_client_transactions(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (is_ours(transaction)) found.push_back(&transaction);
  return found;
}

std::vector<const Transaction*> find_udp_invites(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction* transaction : client_transactions(phone))
    if (transaction->method == sip::Method::invite && is_unreliable(phone, *transaction))
      found.push_back(transaction);
  return found;
}

std::vector<const Transaction*> find_udp_non_invites(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction* transaction : client_transactions(phone))
    if (transaction->method != sip::Method::invite && is_unreliable(phone, *transaction))
      found.push_back(transaction);
  return found;
}

const std::vector<const Transaction*>& client_transactions_like(const Phone& phone,
                                                                const Transaction& transaction) {
  return phone.derived<find_client_transaction_groups>().at(group_of(phone, transaction));
}

CaptureTime start_of(const Phone& phone, const Transaction& transaction) {
  return phone.at(transaction.sends.front());
}

CaptureTime timeout_of(const Phone& phone, const Transaction& transaction) {
  return start_of(phone, transaction) + phone.profile.timers.sixty_four_t1();
}

bool is_ours(const Transaction& transaction) {
  return transaction.direction == Direction::from_device;
}

bool is_unreliable(const Phone& phone, const Transaction& transaction) {
  return phone.message(transaction.sends.front()).transport == Transport::udp;
}

bool has_silent_invite(const Phone& phone, Duration silence) {
  return std::ranges::any_of(udp_invites(phone), [&](const Transaction* invite) {
    return drew_nothing(phone, *invite, silence);
  });
}

bool has_silent_non_invite(const Phone& phone, Duration silence) {
  return std::ranges::any_of(udp_non_invites(phone), [&](const Transaction* request) {
    return drew_nothing(phone, *request, silence);
  });
}

bool was_left_early(const Phone& phone, const Transaction& transaction) {
  if (phone.profile.max_request_retries) return true;
  const CaptureTime start = start_of(phone, transaction);
  const CaptureTime timeout = timeout_of(phone, transaction);
  if (next_power_change(phone, start) < timeout) return true;
  if (transport_failure(phone, transaction.server, start, timeout)) return true;
  const CaptureTime until = timeout - timer_tolerance(phone, timeout - start).value / 2;
  if (was_call_left(phone, transaction, start, until)) return true;
  const auto& alike = client_transactions_like(phone, transaction);
  const auto next = std::ranges::upper_bound(
      alike, start, {}, [&](const Transaction* other) { return start_of(phone, *other); });
  return next != alike.end() && start_of(phone, **next) < until;
}

bool is_large_or_follows(const Phone& phone, const Message& request) {
  const auto& large = phone.derived<find_first_large_requests>();
  const auto first = large.find(request.sip.call_id());
  return first != large.end() && first->second <= request.index;
}

std::optional<CaptureTime> icmp_error_for(const Phone& phone, const Transaction& transaction) {
  if (!is_ours(transaction) || !is_unreliable(phone, transaction)) return std::nullopt;
  const CaptureTime timeout = timeout_of(phone, transaction);
  const CaptureTime end = transaction.first_response
                              ? std::min(timeout, phone.at(*transaction.first_response))
                              : timeout;
  return transport_failure(phone, transaction.server, start_of(phone, transaction), end);
}

CaptureTime end_of_repetitions(const Phone& phone, const Transaction& transaction) {
  const CaptureTime end = std::min(timeout_of(phone, transaction), phone.trace.last);
  return transaction.final ? std::min(end, phone.at(*transaction.final)) : end;
}

std::vector<std::size_t> unanswered_sends(const Phone& phone, const Transaction& transaction) {
  std::vector<std::size_t> sends = transaction.sends;
  if (transaction.first_response)
    std::erase_if(sends, [&](std::size_t send) {
      return phone.at(send) > phone.at(*transaction.first_response);
    });
  return sends;
}

bool went_without(const Phone& phone, const Transaction& transaction,
                  std::optional<std::size_t> response) {
  const Duration grace = timer_tolerance(phone, phone.profile.timers.sixty_four_t1()).value;
  const CaptureTime timeout = timeout_of(phone, transaction);
  const bool came = response && phone.at(*response) < timeout;
  return !came && phone.trace.last > timeout + grace;
}

bool may_be_hung_up(const Phone& phone, const Transaction& transaction) {
  const CallGroup* call = call_of(phone, transaction);
  return !phone.trace.has_journal() && call != nullptr && call->legs.size() < 2;
}

bool runs_into_its_timeout(const Phone& phone, const Transaction& transaction) {
  const bool is_invite = transaction.method == sip::Method::invite;
  return went_without(phone, transaction,
                      is_invite ? transaction.first_response : transaction.final) &&
         !was_left_early(phone, transaction);
}

}  // namespace sipharness::observed
