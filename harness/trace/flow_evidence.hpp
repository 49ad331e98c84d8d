#pragma once
// What the messages of each flow say of its two ends: who registers, who calls, who passes on what
// others said. Found in one pass, before anybody knows who is who.

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

using EndpointSet = std::unordered_set<Endpoint, EndpointHash>;

/// All ports of a machine as one.
inline Endpoint host_of(const Endpoint& endpoint) {
  return {endpoint.address, 0};
}

struct FlowEvidence {
  std::uint32_t registers = 0;            ///< with one Via: of its source
  std::uint32_t invites = 0;              ///< outside dialogs, with one Via
  std::uint32_t passed_on = 0;            ///< requests with several Vias
  std::uint32_t registers_passed_on = 0;  ///< of these
  std::uint32_t requests = 0;
  std::uint32_t responses = 0;
  std::uint32_t registers_served = 0;  ///< 2xx to REGISTER
  std::uint32_t registers_challenged = 0;
};

/// Endpoints that are no devices, whatever else they are.
struct Intermediaries {
  /// Sources of requests with several Vias. @source RFC 3261 §16.6 step 8
  EndpointSet proxies;
  /// Machines (port 0) that accept or challenge REGISTERs of other machines.
  EndpointSet registrars;
  /// Where proxies and registrars register others.
  EndpointSet upstream;
  /// Proxies that stand for the phones behind them, of which the capture has nothing else.
  EndpointSet stand_ins;

  bool is_registrar(const Endpoint& endpoint) const {
    return registrars.contains(host_of(endpoint));
  }
};

/// One for each of messages.flows().
std::vector<FlowEvidence> evidence_of_flows(const MessageList& messages);

Intermediaries find_intermediaries(const MessageList& messages,
                                   const std::vector<FlowEvidence>& evidence);

}  // namespace sipharness::trace
