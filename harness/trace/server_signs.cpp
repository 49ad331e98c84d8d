#include "harness/trace/server_signs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "harness/base/address_space.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::trace {
namespace {

/// policy: what a flow does not say in so many messages it does not say.
constexpr std::uint32_t read_of_flow = 64;

enum class Part : std::uint8_t { unknown, phone, server };

struct Says {
  Part source = Part::unknown;
  Part destination = Part::unknown;
};

/// A message with what several signs ask of it.
struct Reading {
  const Message& message;
  const std::vector<std::string>& accounts;
  bool is_passed_on = false;  ///< it has several Vias
  std::optional<sip::Uri> from;
  std::optional<sip::Uri> to;
  std::optional<sip::Uri> target;  ///< Request-URI

  bool is_request() const { return message.sip.is_request(); }
  bool is_outside_dialog() const { return is_request() && message.sip.to_tag().empty(); }
};

std::optional<sip::Uri> uri_of(const sip::MessageView& message, sip::HeaderId header) {
  const auto address = sip::parse_address(message.header(header));
  return address ? sip::parse_uri(address->uri) : std::nullopt;
}

bool is_at(const std::optional<sip::Uri>& uri, const Endpoint& endpoint) {
  return uri && IpAddress::parse(uri->host) == endpoint.address;
}

bool contains(std::string_view text, std::string_view word) {
  return !std::ranges::search(text, word, {}, sip::lower).empty();
}
bool contains_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return contains(text, word); });
}

Says of_account(const Reading& it) {
  if (!it.is_outside_dialog() || it.is_passed_on) return {};
  const auto is_tested = [&](const std::optional<sip::Uri>& uri) {
    return uri && uri->has_user() && std::ranges::count(it.accounts, uri->user) > 0;
  };
  const bool calls = is_tested(it.from);
  if (calls == is_tested(it.to)) return {};
  return calls ? Says{Part::phone, Part::server} : Says{Part::server, Part::phone};
}

/// Names of servers stand first: a "3CXPhoneSystem" is no phone.
Says of_product(const Reading& it) {
  constexpr std::array<std::string_view, 24> servers{
      "asterisk",   "freeswitch", "kamailio", "opensips",    "openser",    "sip express router",
      "ser (",      "pbx",        "sbc",      "phonesystem", "cucm",       "grandstream ucm",
      "broadworks", "oversip",    "sipwise",  "metaswitch",  "repro",      "b2bua",
      "yeastar",    "elastix",    "proxy",    "registrar",   "softswitch", "mediant"};
  constexpr std::array<std::string_view, 33> phones{
      "grandstream", "yealink",  "polycom",         "snom",    "cisco-cp",  "phone",
      "baresip",     "zoiper",   "x-lite",          "eyebeam", "bria",      "jitsi",
      "microsip",    "twinkle",  "fanvil",          "gigaset", "panasonic", "aastra",
      "htek",        "obihai",   "linksys",         "sipura",  "ekiga",     "blink",
      "csipsimple",  "acrobits", "groundwire",      "pjsua",   "mitel 6",   "vvx",
      "akuvox",      "escene",   "sip communicator"};
  const sip::MessageView& sip = it.message.sip;
  for (const auto header : {sip::HeaderId::user_agent, sip::HeaderId::server}) {
    const std::string_view product = sip.header(header);
    if (contains_any(product, servers)) return {Part::server};
    if (contains_any(product, phones)) return {Part::phone};
  }
  return {};
}

Says of_challenge(const Reading& it) {
  const bool is_challenge = it.message.sip.status() == 401 || it.message.sip.status() == 407;
  return {is_challenge ? Part::server : Part::unknown};
}

Says of_credentials(const Reading& it) {
  const bool has = it.message.sip.has(sip::HeaderId::authorization) ||
                   it.message.sip.has(sip::HeaderId::proxy_authorization);
  return {it.is_request() && has ? Part::phone : Part::unknown};
}

/// Message waiting, configuration, dialogs: of all events but the progress of a REFER a server is
/// the notifier.
Says of_event(const Reading& it) {
  if (!it.is_request() || contains(it.message.sip.header(sip::HeaderId::event), "refer")) return {};
  switch (it.message.sip.method()) {
    case sip::Method::notify:
      return {Part::server};
    case sip::Method::subscribe:
    case sip::Method::publish:
      return {Part::unknown, Part::server};
    default:
      return {};
  }
}

Says of_vias(const Reading& it) {
  return {it.is_passed_on ? Part::server : Part::unknown};
}

Says of_record_route(const Reading& it) {
  const bool has = it.is_request() && it.message.sip.has(sip::HeaderId::record_route);
  return {has ? Part::server : Part::unknown};
}

/// Counted down from 70, which user agents begin with.
Says of_hops(const Reading& it) {
  const auto hops =
      sip::parse_unsigned<std::uint32_t>(it.message.sip.header(sip::HeaderId::max_forwards));
  const bool is_passed_on = it.is_request() && hops && *hops >= 60 && *hops < 70;
  return {is_passed_on ? Part::server : Part::unknown};
}

/// What a user agent writes that keeps a flow, or its identity over several.
Says of_outbound_contact(const Reading& it) {
  const std::string_view contact = it.message.sip.header(sip::HeaderId::contact);
  const bool is_phone = contains(contact, ";ob") || contains(contact, "+sip.instance") ||
                        contains(contact, "reg-id=");
  return {is_phone ? Part::phone : Part::unknown};
}

/// A phone's AOR is at its server; a caller without one names itself.
Says of_domain(const Reading& it) {
  if (!it.is_outside_dialog()) return {};
  if (is_at(it.from, it.message.destination) && !is_at(it.from, it.message.source))
    return {Part::unknown, Part::server};
  if (is_at(it.to, it.message.source) && !is_at(it.to, it.message.destination))
    return {Part::server};
  return {};
}

/// The Request-URI is the address of the callee, To is not: its binding was looked up.
Says of_retargeting(const Reading& it) {
  const bool is_retargeted = it.is_outside_dialog() && it.to &&
                             is_at(it.target, it.message.destination) &&
                             !sip::same_ignoring_case(it.to->host, it.target->host);
  return {is_retargeted ? Part::server : Part::unknown};
}

Says of_target(const Reading& it) {
  const bool is_name = it.is_outside_dialog() && it.target && !it.target->host.empty() &&
                       !IpAddress::parse(it.target->host);
  return {Part::unknown, is_name ? Part::server : Part::unknown};
}

/// A phone asks the server of its own domain; what a server sends goes to the address of a contact.
Says of_own_domain(const Reading& it) {
  const bool is_own = of_target(it).destination == Part::server && it.from &&
                      sip::same_ignoring_case(it.from->host, it.target->host);
  return {Part::unknown, is_own ? Part::server : Part::unknown};
}

Says of_preloaded_route(const Reading& it) {
  const bool has = it.is_outside_dialog() && it.message.sip.has(sip::HeaderId::route);
  return {Part::unknown, has ? Part::server : Part::unknown};
}

Says of_allow(const Reading& it) {
  const std::string_view allow = it.message.sip.header(sip::HeaderId::allow);
  const bool is_server = contains(allow, "REGISTER") || contains(allow, "PUBLISH");
  return {is_server ? Part::server : Part::unknown};
}

Says of_ports(const Reading& it) {
  constexpr std::uint16_t well_known = 5060;
  const auto is_ephemeral = [](std::uint16_t port) { return port >= 1024 && port / 100 != 50; };
  const std::uint16_t source = it.message.source.port;
  const std::uint16_t destination = it.message.destination.port;
  if (it.message.transport != Transport::udp) return {};
  if (source == well_known && is_ephemeral(destination)) return {Part::server};
  if (destination == well_known && is_ephemeral(source)) return {Part::unknown, Part::server};
  return {};
}

Says of_address(const Reading& it) {
  const bool is_source_private = is_private(it.message.source.address);
  if (is_source_private == is_private(it.message.destination.address)) return {};
  return is_source_private ? Says{Part::unknown, Part::server} : Says{Part::server};
}

struct Sign {
  int weight = 0;
  Says (*read)(const Reading& it) = nullptr;
  std::string_view of_server{};  ///< said of the end that it makes a server
  std::string_view of_phone{};   ///< said of the end whose peer it makes a phone
};

/// Those that say most stand first.
constexpr std::array signs{
    Sign{3, of_account, "speaks to the account of the profile",
         "its peer has the profile's account"},
    Sign{3, of_product, "User-Agent or Server names a server",
         "User-Agent of its peer is a phone's"},
    Sign{3, of_challenge, "challenges requests"},
    Sign{3, of_vias, "its requests carry several Vias"},
    Sign{3, of_record_route, "its requests carry Record-Route"},
    Sign{3, of_outbound_contact, {}, "Contact of its peer is a phone's"},
    Sign{3, of_domain, "addresses of record are at its address"},
    Sign{2, of_event, "subscriptions are kept there"},
    Sign{2, of_credentials, {}, "its peer sends credentials"},
    Sign{2, of_hops, "its requests were counted down from 70 hops"},
    Sign{2, of_retargeting, "sends to the address of a contact what is for another To"},
    Sign{2, of_own_domain, "requests for the domain of their From go there"},
    Sign{2, of_preloaded_route, "requests are routed there"},
    Sign{1, of_target, "requests for a domain go there"},
    Sign{1, of_allow, "allows REGISTER or PUBLISH"},
    Sign{1, of_ports, "uses port 5060, its peer does not"},
    Sign{1, of_address, "its address is public, that of its peer private"},
};
static_assert(signs.size() <= 32);

}  // namespace

Endpoint machine_of(const Endpoint& end, const Endpoint& peer) {
  return end.address == peer.address ? end : Endpoint{end.address, 0};
}

ServerSigns::ServerSigns(const MessageList& messages, const std::vector<std::string>& accounts) {
  std::vector<std::uint32_t> read_already(messages.flows().size(), 0);
  for (std::size_t index = 0; index < messages.size(); ++index) {
    const MessageList::Place& place = messages.places()[index];
    if (messages.flow_of(place).is_other_side || read_already[place.flow]++ >= read_of_flow)
      continue;
    read(messages[index], place.is_passed_on, accounts);
  }
}

void ServerSigns::read(const Message& message, bool is_passed_on,
                       const std::vector<std::string>& accounts) {
  const Reading reading{.message = message,
                        .accounts = accounts,
                        .is_passed_on = is_passed_on,
                        .from = uri_of(message.sip, sip::HeaderId::from),
                        .to = uri_of(message.sip, sip::HeaderId::to),
                        .target = sip::parse_uri(message.sip.request_uri())};
  Seen& source = seen_[machine_of(message.source, message.destination)];
  Seen& destination = seen_[machine_of(message.destination, message.source)];
  const auto note = [](Seen& of, Part part, std::uint32_t bit) {
    if (part == Part::server) of.server |= bit;
    if (part == Part::phone) of.phone |= bit;
  };
  for (std::size_t i = 0; i < signs.size(); ++i) {
    const Says says = signs[i].read(reading);
    note(source, says.source, 1U << i);
    note(destination, says.destination, 1U << i);
  }
  const auto note_user = [](Seen& of, const std::optional<sip::Uri>& uri) {
    if (!uri || !uri->has_user()) return;
    of.has_several_users = of.has_several_users || (!of.user.empty() && of.user != uri->user);
    of.user = uri->user;
  };
  if (!reading.is_outside_dialog()) return;
  note_user(source, reading.from);
  note_user(destination, reading.to);
}

ServerSigns::Seen ServerSigns::seen_of(const Endpoint& end, const Endpoint& peer) const {
  const auto found = seen_.find(machine_of(end, peer));
  if (found == seen_.end()) return {};
  Seen seen = found->second;
  seen.phone &= ~seen.server;
  return seen;
}

int ServerSigns::score(const Endpoint& end, const Endpoint& peer) const {
  const Seen seen = seen_of(end, peer);
  int score = seen.has_several_users && !seen_of(peer, end).has_several_users ? 1 : 0;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    const std::uint32_t bit = 1U << i;
    if ((seen.server & bit) != 0) score += signs[i].weight;
    if ((seen.phone & bit) != 0) score -= signs[i].weight;
  }
  return score;
}

std::string_view ServerSigns::why_server(const Endpoint& end, const Endpoint& peer) const {
  const std::uint32_t own = seen_of(end, peer).server;
  const std::uint32_t peers = seen_of(peer, end).phone;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    if ((own >> i & 1U) != 0) return signs[i].of_server;
    if ((peers >> i & 1U) != 0 && !signs[i].of_phone.empty()) return signs[i].of_phone;
  }
  return seen_of(end, peer).has_several_users ? "speaks for several users" : "";
}

}  // namespace sipharness::trace
