#include "harness/host/machine/network_watch.hpp"

#include <cerrno>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <utility>

#include <fmt/format.h>

#include "harness/host/net/socket.hpp"

namespace sipharness::host {
namespace {

constexpr Duration period = 100ms;

std::optional<std::string> interface_fault(const std::string& interface) {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  if (!socket.is_open() || interface.size() >= sizeof(request.ifr_name)) return std::nullopt;
  interface.copy(request.ifr_name, interface.size());
  if (::ioctl(socket.number(), SIOCGIFFLAGS, &request) != 0)
    return fmt::format("the interface {} is gone", interface);
  if ((request.ifr_flags & IFF_UP) == 0) return fmt::format("the interface {} is down", interface);
  if ((request.ifr_flags & IFF_RUNNING) == 0)
    return fmt::format("the interface {} has no carrier", interface);
  return std::nullopt;
}

/// Binding is what the servers did; a lost address no longer allows it.
bool may_be_bound(const IpAddress& address) {
  const int family = address.is_v4() ? AF_INET : AF_INET6;
  const Descriptor socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return errno != EAFNOSUPPORT;
  const SocketAddress any_port(Endpoint{address, 0});
  return ::bind(socket.number(), any_port.generic(), any_port.length) == 0 ||
         errno != EADDRNOTAVAIL;
}

}  // namespace

std::optional<std::string> network_fault(const std::string& interface,
                                         const std::vector<IpAddress>& addresses) {
  if (auto fault = interface_fault(interface)) return fault;
  for (const IpAddress& address : addresses)
    if (!may_be_bound(address))
      return fmt::format("the address {} is gone from this host", address.text());
  return std::nullopt;
}

NetworkWatch::NetworkWatch(world::World& world, std::string interface,
                           std::vector<IpAddress> addresses,
                           std::function<void(const std::string&)> changed)
    : world_(world),
      interface_(std::move(interface)),
      addresses_(std::move(addresses)),
      changed_(std::move(changed)) {
  look();
}

void NetworkWatch::look() {
  std::string fault = network_fault(interface_, addresses_).value_or("");
  if (std::exchange(fault_, fault) != fault) changed_(fault);
  timer_ = world_.call_after(period, [this] { look(); });
}

}  // namespace sipharness::host
