#include "harness/trace/call_order.hpp"

#include <algorithm>

#include "harness/trace/users.hpp"

namespace sipharness::trace {
namespace {

/// policy: no timer of a device is shorter than the smallest T1 in use.
constexpr Duration shortest_silence = 450ms;
/// policy: 64·T1 and some.
constexpr Duration longest_silence = 40s;
/// policy: the last servers of a call that are remembered.
constexpr std::size_t most_servers_of_call = 8;

}  // namespace

void CallOrder::response(const MessageList::Place& place) {
  const Flow& flow = messages_.flow_of(place);
  const std::pair ends(flow.source, host_of(flow.destination));
  waiting_.erase(ends);
  if (place.method == sip::Method::invite) answered_[ends] = place.at;
}

void CallOrder::request(const MessageList::Place& place) {
  if (place.method == sip::Method::ack) return;
  const Flow& flow = messages_.flow_of(place);
  waiting_.try_emplace({flow.destination, host_of(flow.source)}, place.at);
}

bool CallOrder::is_waited_for(const Endpoint& server, const Endpoint& caller,
                              CaptureTime at) const {
  const auto since = waiting_.find({server, host_of(caller)});
  return since != waiting_.end() && at - since->second >= shortest_silence;
}

bool CallOrder::is_same_call(const Call& call, const sip::MessageView& invite,
                             CaptureTime at) const {
  if (invite.call_id() == call.call_id) return true;
  return at - call.last <= longest_silence && call.callee == user_in(invite, sip::HeaderId::to);
}

bool CallOrder::was_silent(const Call& call, const Endpoint& caller) const {
  const auto answer = answered_.find({call.servers.back(), host_of(caller)});
  return answer == answered_.end() || answer->second < call.begun;
}

void CallOrder::invite(std::size_t index, std::string_view caller,
                       const std::vector<Endpoint>& servers) {
  const MessageList::Place& place = messages_.places()[index];
  const Flow& flow = messages_.flow_of(place);
  const sip::MessageView invite = messages_[index].sip;
  const auto known = calls_.find(caller);
  if (known == calls_.end() || !is_same_call(known->second, invite, place.at)) {
    const bool is_free = std::ranges::none_of(servers, [&](const Endpoint& server) {
      return server != flow.destination && is_waited_for(server, flow.source, place.at);
    });
    begun_[flow.destination] += is_free ? 1U : 0U;
    calls_[caller] = {invite.call_id(),
                      user_in(invite, sip::HeaderId::to),
                      {flow.destination},
                      place.at,
                      place.at};
    return;
  }
  Call& call = known->second;
  if (std::ranges::count(call.servers, flow.destination) == 0) {
    if (place.at - call.begun >= shortest_silence && was_silent(call, flow.source)) {
      ++moved_[{call.servers.back(), flow.destination}];
      resorts_[caller].push_back(flow.destination);
    }
    call.call_id = invite.call_id();
    if (call.servers.size() == most_servers_of_call) call.servers.erase(call.servers.begin());
    call.servers.push_back(flow.destination);
    call.begun = place.at;
  }
  call.last = place.at;
}

std::uint32_t CallOrder::begun_at(const Endpoint& server) const {
  const auto found = begun_.find(server);
  return found == begun_.end() ? 0 : found->second;
}

std::uint32_t CallOrder::moved(const Endpoint& from, const Endpoint& to) const {
  const auto found = moved_.find({from, to});
  return found == moved_.end() ? 0 : found->second;
}

std::vector<Endpoint> CallOrder::resorts_of(std::string_view caller) const {
  const auto found = resorts_.find(caller);
  return found == resorts_.end() ? std::vector<Endpoint>() : found->second;
}

}  // namespace sipharness::trace
