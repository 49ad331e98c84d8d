#include "harness/stage/place/bind.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"

namespace sipharness::stage {
namespace {

using Present = std::vector<host::LocalAddress>;

std::vector<std::string> split(const std::vector<std::string>& words) {
  std::vector<std::string> parts;
  for (const std::string& word : words) {
    for (std::size_t begin = 0; begin <= word.size();) {
      const std::size_t end = std::min(word.find(',', begin), word.size());
      if (end > begin) parts.push_back(word.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return parts;
}

std::string_view family(bool ipv6) {
  return ipv6 ? "IPv6" : "IPv4";
}

std::string list_of(const Present& present, bool ipv6) {
  std::string list;
  for (const host::LocalAddress& one : present)
    if (one.address.is_v4() != ipv6)
      list += fmt::format("{}{} ({}{})", list.empty() ? "" : ", ", one.address.text(),
                          one.interface, one.is_up ? "" : ", down");
  return list.empty() ? fmt::format("this machine has no {} address", family(ipv6))
                      : fmt::format("this machine has {}", list);
}

[[noreturn]] void refuse(std::string_view word, std::string_view why, const Present& present,
                         bool ipv6) {
  throw SetupError(fmt::format("--bind {}: {}; {}", word, why, list_of(present, ipv6)));
}

/// The loopback interface has all of 127.0.0.0/8, whatever it lists.
std::string interface_with(const IpAddress& address, const Present& present) {
  for (const host::LocalAddress& one : present) {
    const bool is_any_loopback = one.is_loopback && address.is_v4() && address.bytes()[0] == 127;
    if (one.address == address || is_any_loopback) return one.interface;
  }
  return {};
}

/// The addresses one word stands for.
std::vector<IpAddress> addresses_of(const std::string& word, bool ipv6, const Present& present) {
  if (const auto address = IpAddress::parse(word)) {
    if (address->is_v4() == ipv6)
      refuse(word, fmt::format("the scenario wants {}", family(ipv6)), present, ipv6);
    if (interface_with(*address, present).empty())
      refuse(word, "no interface has this address", present, ipv6);
    return {*address};
  }
  std::vector<IpAddress> found;
  bool is_known = false;
  for (const host::LocalAddress& one : present) {
    if (one.interface != word) continue;
    is_known = true;
    if (one.address.is_v4() != ipv6 && found.size() < 2) found.push_back(one.address);
  }
  if (!is_known) refuse(word, "neither an address nor an interface here", present, ipv6);
  if (found.empty())
    refuse(word, fmt::format("the interface has no {} address", family(ipv6)), present, ipv6);
  return found;
}

}  // namespace

Addresses bound_addresses(const std::vector<std::string>& words, bool ipv6,
                          const Present& present) {
  std::vector<IpAddress> all;
  for (const std::string& word : split(words)) {
    const auto some = addresses_of(word, ipv6, present);
    all.insert(all.end(), some.begin(), some.end());
  }
  const std::string asked = fmt::format("{}", fmt::join(words, ","));
  if (all.empty()) refuse(asked, "an address or an interface is needed", present, ipv6);
  if (all.size() > 3)
    refuse(asked, "more than three addresses for primary, secondary and spare", present, ipv6);
  const IpAddress primary = all.front();
  const IpAddress secondary = all.size() == 1 ? primary : all[1];
  const IpAddress spare = all.size() == 3 ? all[2] : primary;
  for (const IpAddress& other : {secondary, spare})
    if (interface_with(primary, present) != interface_with(other, present))
      refuse(asked, "all servers have to be on one interface, where the capture is", present, ipv6);
  return {primary, secondary, {primary, 0}, primary, spare};
}

void require_endpoints_of_their_own(const scenario::Scenario& scenario) {
  std::map<Endpoint, std::string_view> taken;
  for (const scenario::Server& server : scenario.servers) {
    const Endpoint endpoint{*server.address, server.port};
    const auto [place, is_free] = taken.emplace(endpoint, server.name);
    if (!is_free)
      throw SetupError(fmt::format(
          "{}: {} and {} would both be at {}: give them ports of their own in the scenario, or "
          "--bind an address for each",
          scenario.full_name(), place->second, server.name, endpoint.text()));
  }
}

}  // namespace sipharness::stage
