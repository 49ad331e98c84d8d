// How large a request over UDP may be. @source RFC 3261 §18.1.1

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

/// A stream to that server was refused before: §18.1.1 then wants the request by UDP after all.
bool was_refused_a_stream(const Phone& phone, const trace::Message& request) {
  return std::ranges::any_of(phone.transport_failures, [&](const trace::TransportFailure& failure) {
    return failure.transport == Transport::tcp && failure.server == request.server &&
           failure.at <= request.at;
  });
}

void large_requests_use_a_stream(const Phone& phone, Judge& judge) {
  judge.needs("a request of the device");
  const trace::Message* largest = nullptr;
  bool all_fit = true;
  for (const Transaction& transaction : transactions(phone)) {
    if (!is_ours(transaction)) continue;
    const trace::Message& request = phone.message(transaction.sends.front());
    const std::size_t size = request.sip.bytes().size();
    if (largest == nullptr || size > largest->sip.bytes().size()) largest = &request;
    if (request.transport != Transport::udp || size <= largest_datagram ||
        was_refused_a_stream(phone, request))
      continue;
    all_fit = false;
    // A MUST that hardly any device heeds: told, not held against it (catalogue).
    judge.warn(evidence_of(phone, transaction),
               fmt::format("{} of {} bytes over UDP", request.sip.method_text(), size));
  }
  if (largest != nullptr && all_fit)
    judge.pass({largest->server, largest->sip.call_id(), {largest->index}},
               fmt::format("the largest request, {} bytes, goes over {}",
                           largest->sip.bytes().size(), to_string(largest->transport)));
}

constexpr std::array table{
    Check{"RFC3261-GEN-11", large_requests_use_a_stream},
};

}  // namespace

std::span<const Check> rfc3261_18_size_checks() {
  return table;
}

}  // namespace sipharness::check
