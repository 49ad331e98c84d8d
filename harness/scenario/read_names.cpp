// Names of servers and what the fake name server says of them. @source guide.txt, Configuration

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

constexpr std::array<std::string_view, 2> services{"_sip._udp.", "_sip._tcp."};

bool is_host_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  const bool is_dotted = name.find("..") == std::string_view::npos && !name.starts_with('.') &&
                         !name.ends_with('.') && name.size() <= 253;
  return !name.empty() && is_dotted && std::ranges::all_of(name, allowed) &&
         !IpAddress::parse(name);
}

// --- Names against addresses ---------------------------------------------------------------------

/// What the device may reach under the name or address of a server: a literal address, or the name
/// of a server whose address the stage picks, each with the port.
using Places = std::set<std::pair<std::string, std::uint16_t>>;

std::string place_of_target(const Draft& draft, const NameTarget& target) {
  if (target.address) return target.address->text();
  for (const Server& server : draft.scenario.servers)
    if (server.name == target.server && server.address) return server.address->text();
  return target.server;
}

std::pair<std::string, std::uint16_t> own_place(const Draft& draft, const Server& server) {
  return {place_of_target(draft, {.address = server.address, .server = server.name}), server.port};
}

void add_addresses(const Draft& draft, std::string_view host, std::uint16_t port, Places& places) {
  for (const NameRecord& record : draft.scenario.dns->records)
    if (record.name == host)
      for (const NameTarget& target : record.targets)
        places.emplace(place_of_target(draft, target), port);
}

bool is_service_of(std::string_view name, std::string_view host) {
  return std::ranges::any_of(services, [&](std::string_view service) {
    return name.starts_with(service) && name.substr(service.size()) == host;
  });
}

Places places_of(const Draft& draft, const Server& server) {
  if (!server.host) return {own_place(draft, server)};
  Places places;
  if (!draft.scenario.dns) return places;
  if (!server.by_srv) add_addresses(draft, *server.host, server.port, places);
  for (const NameRecord& record : draft.scenario.dns->records)
    if (server.by_srv && is_service_of(record.name, *server.host))
      for (const ServiceTarget& target : record.services)
        add_addresses(draft, target.name, target.port, places);
  return places;
}

std::string as_configured(const Server& server) {
  if (server.by_srv) return server.host.value_or("");
  if (server.host) return fmt::format("{}:{}", *server.host, server.port);
  return server.address ? Endpoint{*server.address, server.port}.text()
                        : fmt::format("port {}", server.port);
}

/// @source guide.txt, Configuration, step 3: not the same address in both fields; AMB-11: neither
/// by way of a name
void check_servers_differ(const Draft& draft, Problems& problems) {
  const Server& first = draft.scenario.servers[0];
  const Server& second = draft.scenario.servers[1];
  const Places ours = places_of(draft, first);
  const Places theirs = places_of(draft, second);
  const bool shares =
      std::ranges::any_of(ours, [&](const auto& place) { return theirs.contains(place); });
  const bool is_same_name = first.host && first.host == second.host && first.port == second.port &&
                            first.by_srv == second.by_srv;
  if (!shares && !is_same_name) return;
  const std::string a = as_configured(first);
  const std::string b = as_configured(second);
  const json::Value& place = member_or(draft.place_of(second), second.host ? "host" : "address");
  problems.add(place,
               fmt::format("{} and {} are the same server, {}; the guide's rule is: do not "
                           "configure the same address as primary and secondary SIP server",
                           first.name, second.name, a == b ? a : fmt::format("{} and {}", a, b)));
}

/// Another machine of the primary is one that its name leads to, and no other server's.
void check_spare(const Draft& draft, Problems& problems) {
  if (draft.scenario.servers.size() <= 2) return;
  const Server& spare = draft.scenario.servers[2];
  const json::Value& place = draft.place_of(spare);
  const auto its_own = own_place(draft, spare);
  if (!places_of(draft, draft.scenario.servers[0]).contains(its_own))
    problems.add(place,
                 "no name of the primary leads to the spare: give the primary a \"host\", and "
                 "records of \"dns\" that lead to both");
  for (const Server& server : {draft.scenario.servers[0], draft.scenario.servers[1]})
    if (own_place(draft, server) == its_own)
      problems.add(place, fmt::format("{} and {} are the same server", server.name, spare.name));
}

void check_name_leads_there(const Draft& draft, const Server& server, Problems& problems) {
  if (server.by_srv && !server.host)
    problems.add(member_or(draft.place_of(server), "srv"), "\"srv\" belongs to \"host\"");
  if (!server.host) return;
  const json::Value& place = member_or(draft.place_of(server), "host");
  if (!draft.scenario.dns)
    return problems.add(place, "a name needs a name server; give the scenario a \"dns\"");
  const Places reached = places_of(draft, server);
  if (reached.empty())
    problems.add(place,
                 fmt::format("no record of \"dns\" gives {} {}", *server.host,
                             server.by_srv ? "an SRV target with an address" : "an address"));
  else if (!reached.contains(own_place(draft, server)))
    problems.add(place, fmt::format("no record of {} leads to the {}", *server.host, server.name));
}

}  // namespace

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::HostName) {
  std::string name;
  if (!read_value(value, problems, name, kind::text)) return false;
  if (!is_host_name(name)) {
    problems.add_wrong(value, "a host name in lower case, such as \"p.test\"");
    return false;
  }
  into = name;
  return true;
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::RecordName) {
  std::string name;
  if (!read_value(value, problems, name, kind::text)) return false;
  std::string_view host = name;
  for (const std::string_view service : services)
    if (host.starts_with(service)) host.remove_prefix(service.size());
  if (!is_host_name(host)) {
    problems.add_wrong(value,
                       "a host name in lower case, such as \"p.test\", or its service "
                       "\"_sip._udp.p.test\" or \"_sip._tcp.p.test\"");
    return false;
  }
  into = name;
  return true;
}

bool read_value(const json::Value& value, Problems& problems, NameTarget& into, kind::NameTarget) {
  const bool is_text = value.kind == json::Kind::string;
  into.address = is_text ? IpAddress::parse(value.string) : std::nullopt;
  if (into.address) return true;
  const bool is_server =
      is_text && std::ranges::any_of(words::servers, [&value](const auto& server) {
        return server.name == value.string;
      });
  if (is_server)
    into.server = value.string;
  else
    problems.add_wrong(value, "\"primary\", \"secondary\", \"spare\" or an address");
  return is_server;
}

void check(const Fields& fields, NameRecord& record) {
  Problems& problems = fields.problems();
  const json::Value* const address = fields.find("address");
  const json::Value* const srv = fields.find("srv");
  const int has = (address != nullptr) + (srv != nullptr) + (fields.find("answer") != nullptr);
  if (has != 1 && fields.object().kind == json::Kind::object)
    problems.add(fields.object(), "a record has one of \"address\", \"srv\" and \"answer\"");
  if (srv != nullptr && srv->kind == json::Kind::array && srv->items.empty())
    problems.add_wrong(*srv, "at least one target");
  if (srv != nullptr && !record.name.empty() && !record.name.starts_with('_'))
    problems.add(
        *srv, fmt::format("an SRV record stands under a service: \"_sip._udp.{}\"", record.name));
  if (srv == nullptr && address != nullptr && record.name.starts_with('_'))
    problems.add(*address, fmt::format("{} is a service: it has an \"srv\"", record.name));
  if (address != nullptr && address->kind == json::Kind::array && address->items.empty())
    problems.add_wrong(*address, "at least one address");
  if (record.until && *record.until <= record.from.value_or(Duration::zero()))
    problems.add(*fields.find("until"), "the record's time ends before it begins");
}

void validate_names(const Draft& draft, Problems& problems) {
  const json::Value* const servers = draft.file.find("servers");
  if (servers == nullptr || servers->find("primary") == nullptr ||
      servers->find("secondary") == nullptr || draft.scenario.servers.size() < 2)
    return;
  check_servers_differ(draft, problems);
  check_spare(draft, problems);
  for (const Server& server : {draft.scenario.servers[0], draft.scenario.servers[1]})
    check_name_leads_there(draft, server, problems);
}

}  // namespace sipharness::scenario
