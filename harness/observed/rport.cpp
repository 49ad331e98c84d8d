#include "harness/observed/rport.hpp"

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "harness/observed/client_transactions.hpp"
#include "harness/observed/policy.hpp"

namespace sipharness::observed {
namespace {

using BranchAndCallId = std::pair<std::string_view, std::string_view>;

bool asks_for_rport(const Message& message) {
  return message.to_device() && message.sip.is_request() && message.transport == Transport::udp &&
         message.sip.via().has_rport;
}

}  // namespace

std::vector<RportResponse> find_rport_responses(const Phone& phone) {
  std::map<BranchAndCallId, const Message*> requests;
  std::vector<RportResponse> found;
  for (const Message& message : phone.messages) {
    const BranchAndCallId key{message.sip.branch(), message.sip.call_id()};
    if (asks_for_rport(message)) requests.emplace(key, &message);
    if (!message.sip.is_response() || message.to_device()) continue;
    const auto request = requests.find(key);
    if (request != requests.end() && request->second->destination.address == message.source.address)
      found.push_back({request->second, &message});
  }
  return found;
}

Evidence evidence_of(const Phone& /*phone*/, const RportResponse& one) {
  return {
      one.request->server, one.request->sip.call_id(), {one.request->index, one.response->index}};
}

bool ignores_response_at_sent_by(const Phone& phone, const Transaction& transaction) {
  if (!is_unreliable(phone, transaction) || !transaction.final) return false;
  const Message& request = opening(phone, transaction);
  const Message& response = phone.message(*transaction.final);
  if (phone.at(transaction.sends.back()) <= response.at + policy::round_trip_slack) return false;
  const std::uint16_t named = request.sip.via().port;
  const std::uint16_t port = named == 0 ? 5060 : named;
  return port != request.source.port && response.destination.port == port;
}

bool ignores_response_at_source_port(const Phone& phone, const Transaction& transaction) {
  if (!transaction.final) return false;
  const Message& request = opening(phone, transaction);
  const Message& response = phone.message(*transaction.final);
  if (phone.at(transaction.sends.back()) <= response.at + policy::round_trip_slack) return false;
  const sip::Via via = request.sip.via();
  return via.has_rport && via.port != request.source.port && response.destination == request.source;
}

}  // namespace sipharness::observed
