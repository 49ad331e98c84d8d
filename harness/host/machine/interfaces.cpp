#include <algorithm>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>

#include "harness/host/capture/live_capture.hpp"
#include "harness/host/machine/local_addresses.hpp"
#include "harness/host/net/socket.hpp"

namespace sipharness::host {
namespace {

struct FreeInterfaces {
  void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

using Interfaces = std::unique_ptr<ifaddrs, FreeInterfaces>;

/// One entry for each address of each interface; empty if the kernel tells nothing.
Interfaces read_interfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return nullptr;
  return Interfaces(first);
}

bool is_loopback(const ifaddrs& entry) {
  return (entry.ifa_flags & IFF_LOOPBACK) != 0;
}

/// The kernel takes all of 127.0.0.0/8 as its own, whatever addresses `lo` lists.
bool is_loopback_v4(const IpAddress& address) {
  return address.is_v4() && address.bytes()[0] == 127;
}

/// fe80::/10. @source RFC 4291 §2.4
bool is_link_local_v6(const IpAddress& address) {
  return !address.is_v4() && address.bytes()[0] == 0xfe && (address.bytes()[1] & 0xc0) == 0x80;
}

std::optional<IpAddress> address_of(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr) return std::nullopt;
  sockaddr_storage storage{};
  const int family = entry.ifa_addr->sa_family;
  if (family == AF_INET) {
    std::memcpy(&storage, entry.ifa_addr, sizeof(sockaddr_in));
  } else if (family == AF_INET6) {
    std::memcpy(&storage, entry.ifa_addr, sizeof(sockaddr_in6));
  } else {
    return std::nullopt;
  }
  return to_endpoint(storage).address;
}

}  // namespace

std::vector<LocalAddress> local_addresses() {
  const Interfaces list = read_interfaces();
  std::vector<LocalAddress> addresses;
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    const auto address = address_of(*entry);
    if (!address || is_link_local_v6(*address)) continue;
    const bool is_up = (entry->ifa_flags & IFF_UP) != 0;
    addresses.push_back({entry->ifa_name, *address, is_loopback(*entry), is_up});
  }
  return addresses;
}

bool is_local_address(const IpAddress& address) {
  if (is_loopback_v4(address)) return true;
  const auto all = local_addresses();
  return std::ranges::find(all, address, &LocalAddress::address) != all.end();
}

std::optional<std::string> interface_of(const IpAddress& address) {
  const Interfaces list = read_interfaces();
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (is_loopback(*entry) && is_loopback_v4(address)) return entry->ifa_name;
    if (address_of(*entry) == address) return entry->ifa_name;
  }
  return std::nullopt;
}

bool is_loopback_interface(const std::string& interface) {
  const Interfaces list = read_interfaces();
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (is_loopback(*entry) && interface == entry->ifa_name) return true;
  }
  return false;
}

}  // namespace sipharness::host
