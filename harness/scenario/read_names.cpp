// Names of servers and what the fake name server says of them. @source guide.txt, Configuration

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

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

/// What the device may reach under the name or address of a server: literal addresses, and
/// "primary" or "secondary" for one that the stage picks.
std::set<std::string> places_of_target(const Draft& draft, const NameTarget& target) {
  if (target.address) return {target.address->text()};
  for (const Server& server : draft.scenario.servers)
    if (server.name == target.server && server.address) return {server.address->text()};
  return {target.server};
}

std::set<std::string> places_of(const Draft& draft, const Server& server) {
  if (!server.host)
    return places_of_target(draft, {.address = server.address, .server = server.name});
  std::set<std::string> places;
  if (!draft.scenario.dns) return places;
  for (const NameRecord& record : draft.scenario.dns->records) {
    if (record.name != server.host) continue;
    for (const NameTarget& target : record.targets) places.merge(places_of_target(draft, target));
  }
  return places;
}

std::string as_configured(const Server& server) {
  if (server.host) return fmt::format("{}:{}", *server.host, server.port);
  return server.address ? Endpoint{*server.address, server.port}.text()
                        : fmt::format("port {}", server.port);
}

/// @source guide.txt, Configuration, step 3: not the same address in both fields; AMB-11: neither
/// by way of a name
void check_servers_differ(const Draft& draft, Problems& problems) {
  const Server& first = draft.scenario.servers.front();
  const Server& second = draft.scenario.servers.back();
  const std::set<std::string> ours = places_of(draft, first);
  const std::set<std::string> theirs = places_of(draft, second);
  const bool shares =
      std::ranges::any_of(ours, [&](const std::string& place) { return theirs.contains(place); });
  const bool is_same_name = first.host && first.host == second.host;
  if (first.port != second.port || !(shares || is_same_name)) return;
  const std::string a = as_configured(first);
  const std::string b = as_configured(second);
  const json::Value& place = member_or(draft.place_of(second), second.host ? "host" : "address");
  problems.add(place,
               fmt::format("{} and {} are the same server, {}; the guide's rule is: do not "
                           "configure the same address as primary and secondary SIP server",
                           first.name, second.name, a == b ? a : fmt::format("{} and {}", a, b)));
}

void check_name_leads_there(const Draft& draft, const Server& server, Problems& problems) {
  if (!server.host) return;
  const json::Value& place = member_or(draft.place_of(server), "host");
  if (!draft.scenario.dns)
    return problems.add(place, "a name needs a name server; give the scenario a \"dns\"");
  const auto its_own = places_of_target(draft, {.address = {}, .server = server.name});
  const auto reached = places_of(draft, server);
  if (reached.empty())
    problems.add(place, fmt::format("no record of \"dns\" gives {} an address", *server.host));
  else if (!reached.contains(*its_own.begin()))
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
    problems.add_wrong(value, "\"primary\", \"secondary\" or an address");
  return is_server;
}

void check(const Fields& fields, NameRecord& record) {
  Problems& problems = fields.problems();
  const json::Value* const address = fields.find("address");
  const bool has_answer = fields.find("answer") != nullptr;
  if ((address != nullptr) == has_answer && fields.object().kind == json::Kind::object)
    problems.add(fields.object(), "a record has either an \"address\" or an \"answer\"");
  if (address != nullptr && address->kind == json::Kind::array && address->items.empty())
    problems.add_wrong(*address, "at least one address");
  if (record.until && *record.until <= record.from.value_or(Duration::zero()))
    problems.add(*fields.find("until"), "the record's time ends before it begins");
}

void validate_names(const Draft& draft, Problems& problems) {
  if (draft.scenario.servers.size() != words::servers.size()) return;
  check_servers_differ(draft, problems);
  for (const Server& server : draft.scenario.servers)
    check_name_leads_there(draft, server, problems);
}

}  // namespace sipharness::scenario
