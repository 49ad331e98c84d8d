#include "harness/trace/flow_evidence.hpp"

#include <algorithm>
#include <cstddef>

namespace sipharness::trace {
namespace {

void count(FlowEvidence& evidence, const MessageList::Place& place) {
  const bool is_register = place.method == sip::Method::register_;
  if (!place.is_request) {
    ++evidence.responses;
    evidence.registers_served += is_register && place.welcome == Welcome::served ? 1U : 0U;
    evidence.registers_challenged += is_register && place.welcome == Welcome::challenged ? 1U : 0U;
    return;
  }
  ++evidence.requests;
  if (place.is_passed_on) {
    ++evidence.passed_on;
    evidence.registers_passed_on += is_register ? 1U : 0U;
  } else if (is_register) {
    ++evidence.registers;
  } else if (place.method == sip::Method::invite && !place.is_in_dialog) {
    ++evidence.invites;
  }
}

/// A machine that registers at itself is a softphone's and a registrar's: only ports tell them
/// apart.
EndpointSet find_registrars(const MessageList& messages,
                            const std::vector<FlowEvidence>& evidence) {
  EndpointSet registrars;
  EndpointSet shared;
  for (std::size_t flow = 0; flow < evidence.size(); ++flow) {
    if (evidence[flow].registers_served + evidence[flow].registers_challenged == 0) continue;
    const Flow& ends = messages.flows()[flow];
    const bool is_local = ends.source.address == ends.destination.address;
    (is_local ? shared : registrars).insert(host_of(ends.source));
  }
  for (const Endpoint& host : shared) registrars.erase(host);
  return registrars;
}

/// Whether anybody registers who is no registrar itself.
bool has_registrant(const MessageList& messages, const std::vector<FlowEvidence>& evidence,
                    const Intermediaries& found) {
  for (std::size_t flow = 0; flow < evidence.size(); ++flow) {
    const Endpoint& source = messages.flows()[flow].source;
    const bool registers = evidence[flow].registers + evidence[flow].registers_passed_on > 0;
    if (registers && !found.is_registrar(source)) return true;
  }
  return false;
}

/// Where nobody but proxies registers, these are all that is seen of the phones.
void find_stand_ins(const MessageList& messages, const std::vector<FlowEvidence>& evidence,
                    Intermediaries& found) {
  for (std::size_t flow = 0; flow < evidence.size(); ++flow) {
    const Endpoint& source = messages.flows()[flow].source;
    if (evidence[flow].registers > 0 && !found.proxies.contains(source)) return;
  }
  for (std::size_t flow = 0; flow < evidence.size(); ++flow)
    if (evidence[flow].registers_passed_on > 0)
      found.stand_ins.insert(messages.flows()[flow].source);
  for (const Endpoint& proxy : found.stand_ins) found.proxies.erase(proxy);
}

}  // namespace

std::vector<FlowEvidence> evidence_of_flows(const MessageList& messages) {
  std::vector<FlowEvidence> evidence(messages.flows().size());
  for (const MessageList::Place& place : messages.places())
    if (!messages.flow_of(place).is_other_side) count(evidence[place.flow], place);
  return evidence;
}

Intermediaries find_intermediaries(const MessageList& messages,
                                   const std::vector<FlowEvidence>& evidence) {
  Intermediaries found;
  for (std::size_t flow = 0; flow < evidence.size(); ++flow)
    if (evidence[flow].passed_on > 0) found.proxies.insert(messages.flows()[flow].source);
  find_stand_ins(messages, evidence, found);
  found.registrars = find_registrars(messages, evidence);
  // Two that register at each other are two devices as good as two registrars.
  if (!has_registrant(messages, evidence, found)) found.registrars.clear();
  EndpointSet direct;
  for (std::size_t flow = 0; flow < evidence.size(); ++flow) {
    const Flow& ends = messages.flows()[flow];
    const bool passes_on = evidence[flow].registers_passed_on > 0;
    if (evidence[flow].registers == 0 && !passes_on) continue;
    const bool is_phone = found.stand_ins.contains(ends.source) ||
                          !(passes_on || found.proxies.contains(ends.source));
    if (is_phone && !found.is_registrar(ends.source))
      direct.insert(ends.destination);
    else
      found.upstream.insert(ends.destination);
  }
  for (const Endpoint& server : direct) found.upstream.erase(server);
  return found;
}

}  // namespace sipharness::trace
