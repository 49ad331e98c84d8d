#include "harness/observed/rport.hpp"

#include <map>
#include <string_view>
#include <utility>

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

}  // namespace sipharness::observed
