#include "harness/observed/own_addresses.hpp"

#include <unordered_set>

#include "harness/observed/addresses.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::observed {
namespace {

using Endpoints = std::unordered_set<Endpoint, EndpointHash>;

/// What received and rport of responses say, the addresses alone with port 0 too.
Endpoints find_told_endpoints(const Phone& phone) {
  Endpoints found;
  for (const Message& message : phone.messages) {
    if (!message.to_device() || !message.sip.is_response()) continue;
    const sip::Via& via = message.sip.via();
    const auto received = IpAddress::parse(via.received);
    if (!received) continue;
    found.insert({*received, 0});
    if (via.rport) found.insert({*received, *via.rport});
  }
  return found;
}

Endpoints find_sources(const Phone& phone) {
  Endpoints found;
  for (const Message& message : phone.messages)
    if (message.from_device()) found.insert(message.source);
  return found;
}

bool is_unspecified(const IpAddress& address) {
  return address == IpAddress::v4({}) || address == IpAddress::v6({});
}

}  // namespace

LeadsTo where_leads(const Phone& phone, const Message& message, std::string_view host) {
  const auto address = IpAddress::parse(host);
  if (!address) return LeadsTo::phone;  // a name: only its resolver could tell
  if (came_from(message, *address)) return LeadsTo::phone;
  const bool is_lost = is_loopback(*address) && !is_loopback(message.source.address);
  if (is_unspecified(*address) || is_lost) return LeadsTo::nobody;
  return is_seen_under(phone, {*address, 0}) ? LeadsTo::phone : LeadsTo::elsewhere;
}

bool is_seen_under(const Phone& phone, const Endpoint& endpoint) {
  return phone.derived<find_told_endpoints>().contains(endpoint);
}

bool sends_from(const Phone& phone, const Endpoint& endpoint) {
  return phone.derived<find_sources>().contains(endpoint);
}

bool came_through_a_proxy(const Message& request) {
  return request.sip.has_several_vias();
}

}  // namespace sipharness::observed
