#include "harness/observed/misdirected.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "harness/observed/addresses.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/names.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/requests.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

using Endpoints = std::unordered_set<Endpoint, EndpointHash>;

/// Where the device answered a request.
Endpoints answering_endpoints(const Phone& phone) {
  Endpoints found;
  for (const Transaction* asked : server_transactions(phone))
    if (asked->first_response) found.insert(opening(phone, *asked).destination);
  return found;
}

/// On a connection of the device's own nothing can go astray.
bool goes_back(const Phone& phone, const Message& request) {
  return request.transport != Transport::udp && sends_from(phone, request.destination);
}

/// Whether the URI asks for what the request went over.
bool is_right_transport(std::string_view uri, const Message& request) {
  const auto target = sip::parse_uri(uri);
  return !target || request.transport != Transport::udp || !target->asks_for_stream();
}

/// The URI by which a request finds its way: its first Route, else its Request-URI.
std::string_view way_of(const sip::MessageView& request) {
  const auto routes = uris_in(request, sip::HeaderId::route);
  return routes.empty() ? request.request_uri() : routes.front();
}

/// What the Contacts of a device named so far. Those of a redirection are somebody else's.
class Named {
 public:
  void take(const Message& message) {
    if (message.sip.status() >= 300) return;
    for (const std::string_view uri : uris_in(message.sip, sip::HeaderId::contact)) {
      const auto target = sip::parse_uri(uri);
      const auto endpoint = target ? target->next_hop() : std::nullopt;
      if (!endpoint) continue;
      last_ = uri;
      if (!target->asks_for_stream()) by_datagram_.insert(*endpoint);
      all_.insert(*endpoint);
    }
  }

  bool holds(const Endpoint& endpoint, Transport transport) const {
    return (transport == Transport::udp ? by_datagram_ : all_).contains(endpoint);
  }
  /// The newest that has an address; empty if there was none.
  std::string_view last() const { return last_; }

 private:
  Endpoints by_datagram_;
  Endpoints all_;
  std::string_view last_;
};

/// Where the request had to go instead; nothing if it went where it had to.
std::optional<std::string_view> misdirection(const Phone& phone, const Named& named,
                                             const Message& request) {
  const std::string_view way = way_of(request.sip);
  const bool leads_there =
      leads_to(phone, way, request.destination).value_or(false) && is_right_transport(way, request);
  if (named.last().empty()) return leads_there ? std::nullopt : std::optional(way);
  const auto target = sip::parse_uri(way);
  const auto endpoint = target ? target->next_hop() : std::nullopt;
  const bool asks_for_another = !leads_there && endpoint && named.holds(*endpoint, Transport::tcp);
  if (asks_for_another) return way;
  if (named.holds(request.destination, request.transport)) return std::nullopt;
  return leads_there ? named.last() : way;
}

using ByFrame = std::unordered_map<std::uint32_t, const Misdirected*>;
ByFrame find_misdirected_by_frame(const Phone& phone) {
  ByFrame found;
  for (const Misdirected& one : misdirected_requests(phone))
    found.try_emplace(one.request->frame, &one);
  return found;
}

using ByCall = std::unordered_map<std::string_view, const Misdirected*>;
ByCall find_misdirected_by_call(const Phone& phone) {
  ByCall found;
  for (const Misdirected& one : misdirected_requests(phone))
    found.try_emplace(one.request->sip.call_id(), &one);
  return found;
}

const Misdirected* find_in(const auto& known, const auto& key) {
  const auto found = known.find(key);
  return found == known.end() ? nullptr : found->second;
}

/// What lets a run settle it: only an address can be allowed, a transport or a name cannot.
std::string remedy(const Phone& phone, const Misdirected& misdirected) {
  if (!phone.trace.has_journal()) return "";
  const auto target = sip::parse_uri(misdirected.named);
  const auto endpoint = target ? target->next_hop() : std::nullopt;
  if (!endpoint) return "; the servers look no such names up: have the device register an address";
  if (endpoint->address == misdirected.request->destination.address)
    return "; it is not an address that the servers reach in that way";
  return fmt::format("; --allow-targets {} lets the servers send there", endpoint->address.text());
}

}  // namespace

std::vector<Misdirected> find_misdirected_requests(const Phone& phone) {
  const Endpoints answering = answering_endpoints(phone);
  const auto may_be_lost = [&](const Message& message) {
    return message.to_device() && message.sip.is_request() &&
           !answering.contains(message.destination) && !goes_back(phone, message);
  };
  std::vector<Misdirected> found;
  if (std::ranges::none_of(requests_to_device(phone),
                           [&](const Message* request) { return may_be_lost(*request); }))
    return found;
  Named named;
  for (const Message& message : phone.messages) {
    if (message.from_device()) named.take(message);
    if (!may_be_lost(message)) continue;
    if (const auto where = misdirection(phone, named, message)) found.push_back({&message, *where});
  }
  return found;
}

const Misdirected* misdirected_in_frame(const Phone& phone, std::uint32_t frame) {
  return find_in(phone.derived<find_misdirected_by_frame>(), frame);
}

const Misdirected* misdirected_in_call(const Phone& phone, std::string_view call_id) {
  return find_in(phone.derived<find_misdirected_by_call>(), call_id);
}

std::string describe(const Phone& phone, const Misdirected& misdirected) {
  const Message& request = *misdirected.request;
  return fmt::format(
      "the {} in frame {} went to {} over {}, not to {}, and the device answered nothing that went "
      "there: whether it arrived is not known{}",
      request.sip.method_text(), request.frame, request.destination.text(),
      request.transport == Transport::udp ? "UDP" : "TCP", misdirected.named,
      remedy(phone, misdirected));
}

}  // namespace sipharness::observed
