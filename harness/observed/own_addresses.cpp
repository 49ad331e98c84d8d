#include "harness/observed/own_addresses.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "harness/base/address_space.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/transaction.hpp"
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
    // Where it came to the phone under that address, it told none that the phone has besides.
    if (*received != message.destination.address) found.insert({*received, 0});
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

struct Stay {
  CaptureTime first = CaptureTime::max();
  CaptureTime last = CaptureTime::min();
  void take(CaptureTime at) {
    first = std::min(first, at);
    last = std::max(last, at);
  }
  bool overlaps(const Stay& other) const { return first <= other.last && other.first <= last; }
};

/// When the phone sent from each of its addresses, and answered what it was asked there (port 0).
struct Homes {
  std::unordered_map<Endpoint, Stay, EndpointHash> sends;
  std::unordered_map<Endpoint, Stay, EndpointHash> answers;
};

Homes find_homes(const Phone& phone) {
  Homes homes;
  for (const Message& message : phone.messages)
    if (message.from_device()) homes.sends[{message.source.address, 0}].take(message.at);
  for (const Transaction& transaction : transactions(phone))
    if (transaction.direction == Direction::to_device && transaction.first_response)
      homes.answers[{opening(phone, transaction).destination.address, 0}].take(
          opening(phone, transaction).at);
  return homes;
}

/// It was reached there in the time that it sent from where the message came from: it has both.
bool is_reached_at(const Phone& phone, const Message& message, const IpAddress& address) {
  const Homes& homes = phone.derived<find_homes>();
  const auto asked = homes.answers.find({address, 0});
  const auto sent = homes.sends.find({message.source.address, 0});
  return asked != homes.answers.end() && sent != homes.sends.end() &&
         asked->second.overlaps(sent->second);
}

bool is_unspecified(const IpAddress& address) {
  return address == IpAddress::v4({}) || address == IpAddress::v6({});
}

bool is_public(const IpAddress& address) {
  return !is_private(address) && !is_loopback(address) && !is_link_local(address);
}

/// A journal's network is ours and holds no NAT.
bool may_be_of_a_nat(const Phone& phone, const Message& message, const IpAddress& address) {
  return !phone.trace.has_journal() && is_private(message.source.address) && is_public(address);
}

}  // namespace

LeadsTo where_leads(const Phone& phone, const Message& message, std::string_view host) {
  const auto address = IpAddress::parse(host);
  if (!address) return LeadsTo::phone;  // a name: only its resolver could tell
  if (came_from(message, *address)) return LeadsTo::phone;
  const bool is_lost = is_loopback(*address) && !is_loopback(message.source.address);
  if (is_unspecified(*address) || is_lost) return LeadsTo::nobody;
  const bool is_known =
      is_seen_under(phone, {*address, 0}) || is_reached_at(phone, message, *address);
  if (is_known) return LeadsTo::phone;
  return may_be_of_a_nat(phone, message, *address) ? LeadsTo::a_nat : LeadsTo::elsewhere;
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
