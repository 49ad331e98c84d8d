#include "harness/observed/names.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

using AddressesByName = std::unordered_map<std::string, std::vector<IpAddress>>;

AddressesByName find_addresses_by_name(const Phone& phone) {
  AddressesByName found;
  for (const trace::Lookup& lookup : phone.trace.lookups)
    for (const dns::Answer& answer : lookup.message.answers)
      found[lookup.message.name].push_back(answer.address);
  return found;
}

std::string in_lower_case(std::string_view name) {
  std::string text(name);
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::optional<bool> leads_to(const Phone& phone, std::string_view uri,
                             const Endpoint& destination) {
  auto target = sip::parse_uri(uri);
  if (!target) return std::nullopt;
  if (const auto maddr = target->parameter("maddr")) target->host = *maddr;
  if (const auto endpoint = target->endpoint()) return *endpoint == destination;
  const AddressesByName& known = phone.derived<find_addresses_by_name>();
  const auto addresses = known.find(in_lower_case(target->host));
  if (addresses == known.end()) return std::nullopt;
  // Without a port an SRV record may name another one.
  return std::ranges::find(addresses->second, destination.address) != addresses->second.end() &&
         (target->port == 0 || target->port == destination.port);
}

}  // namespace sipharness::observed
