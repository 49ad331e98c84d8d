// Names of servers and what the fake name server says of them. @source guide.txt, Configuration

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/words.hpp"

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

void read_target(const json::Value& value, Problems& problems, NameRecord& record) {
  NameTarget target;
  const bool is_server =
      value.kind == json::Kind::string &&
      std::ranges::find(keys::servers, std::string_view(value.string)) != keys::servers.end();
  if (is_server) {
    target.server = value.string;
  } else {
    IpAddress address;
    if (value.kind != json::Kind::string || !IpAddress::parse(value.string))
      return problems.add_wrong(value, "\"primary\", \"secondary\" or an address");
    read_value(value, problems, address);
    target.address = address;
  }
  record.targets.push_back(std::move(target));
}

void read_targets(const json::Value& value, Problems& problems, NameRecord& record) {
  if (value.kind != json::Kind::array) return read_target(value, problems, record);
  for (const json::Value& item : items_of(value, problems)) read_target(item, problems, record);
  if (value.items.empty()) problems.add_wrong(value, "at least one address");
}

NameRecord read_record(const json::Value& value, Problems& problems) {
  NameRecord record;
  const Fields fields(value, keys::name_record, problems);
  fields.require({"name"});
  if (const json::Value* const name = fields.find("name"))
    read_host_name(*name, problems, record.name);
  const json::Value* const address = fields.find("address");
  const json::Value* const answer = fields.find("answer");
  if ((address == nullptr) == (answer == nullptr) && value.kind == json::Kind::object)
    problems.add(value, "a record has either an \"address\" or an \"answer\"");
  if (address != nullptr) read_targets(*address, problems, record);
  if (answer != nullptr) fields.read("answer", record.answer, words::name_answers);
  fields.read("ttl", record.time_to_live);
  check_whole_seconds(fields, "ttl");
  fields.read("from", record.from);
  fields.read("until", record.until);
  if (record.until && *record.until <= record.from.value_or(Duration::zero()))
    problems.add(*fields.find("until"), "the record's time ends before it begins");
  return record;
}

// --- Names against addresses ---------------------------------------------------------------------

/// What the device may reach under the name or address of a server: literal addresses, and
/// "primary" or "secondary" for one that the stage picks.
std::set<std::string> places_of_target(const Draft& draft, const NameTarget& target) {
  if (target.address) return {target.address->text()};
  for (const ServerDraft& server : draft.servers)
    if (server.server.name == target.server && server.server.address)
      return {server.server.address->text()};
  return {target.server};
}

std::set<std::string> places_of(const Draft& draft, const Server& server) {
  if (server.host.empty())
    return places_of_target(draft, {.address = server.address, .server = server.name});
  std::set<std::string> places;
  if (!draft.dns) return places;
  for (const NameRecord& record : draft.dns->server.records) {
    if (record.name != server.host) continue;
    for (const NameTarget& target : record.targets) places.merge(places_of_target(draft, target));
  }
  return places;
}

std::string as_configured(const Server& server) {
  if (!server.host.empty()) return fmt::format("{}:{}", server.host, server.port);
  return server.address ? Endpoint{*server.address, server.port}.text()
                        : fmt::format("port {}", server.port);
}

/// @source guide.txt, Configuration, step 3: not the same address in both fields; AMB-11: neither
/// by way of a name
void check_servers_differ(const Draft& draft, Problems& problems) {
  const ServerDraft& first = draft.servers.front();
  const ServerDraft& second = draft.servers.back();
  const std::set<std::string> ours = places_of(draft, first.server);
  const std::set<std::string> theirs = places_of(draft, second.server);
  const bool shares =
      std::ranges::any_of(ours, [&](const std::string& place) { return theirs.contains(place); });
  const bool is_same_name = !first.server.host.empty() && first.server.host == second.server.host;
  if (first.server.port != second.server.port || !(shares || is_same_name)) return;
  const std::string a = as_configured(first.server);
  const std::string b = as_configured(second.server);
  const json::Value& place =
      member_or(*second.place, second.server.host.empty() ? "address" : "host");
  problems.add(place, fmt::format("{} and {} are the same server, {}; the guide's rule is: do not "
                                  "configure the same address as primary and secondary SIP server",
                                  first.server.name, second.server.name,
                                  a == b ? a : fmt::format("{} and {}", a, b)));
}

void check_name_leads_there(const Draft& draft, const ServerDraft& server, Problems& problems) {
  if (server.server.host.empty()) return;
  const json::Value& place = member_or(*server.place, "host");
  if (!draft.dns)
    return problems.add(place, "a name needs a name server; give the scenario a \"dns\"");
  const auto its_own = places_of_target(draft, {.address = {}, .server = server.server.name});
  const auto reached = places_of(draft, server.server);
  if (reached.empty())
    problems.add(place,
                 fmt::format("no record of \"dns\" gives {} an address", server.server.host));
  else if (!reached.contains(*its_own.begin()))
    problems.add(place, fmt::format("no record of {} leads to the {}", server.server.host,
                                    server.server.name));
}

}  // namespace

void read_host_name(const json::Value& value, Problems& problems, std::string& into) {
  std::string name;
  if (!read_value(value, problems, name)) return;
  if (is_host_name(name))
    into = name;
  else
    problems.add_wrong(value, "a host name in lower case, such as \"p.test\"");
}

NameServerDraft read_name_server(const json::Value& value, Problems& problems) {
  NameServerDraft draft;
  const Fields fields(value, keys::dns, problems);
  fields.require({"records"});
  fields.read("address", draft.server.address);
  fields.read_integer("port", {1, 65535}, draft.server.port);
  const json::Value* const records = fields.find("records");
  if (records == nullptr) return draft;
  for (const json::Value& item : items_of(*records, problems)) {
    draft.server.records.push_back(read_record(item, problems));
    draft.records.push_back(&item);
  }
  return draft;
}

void validate_names(const Draft& draft, Problems& problems) {
  if (draft.servers.size() != keys::servers.size()) return;
  check_servers_differ(draft, problems);
  for (const ServerDraft& server : draft.servers) check_name_leads_there(draft, server, problems);
}

}  // namespace sipharness::scenario
