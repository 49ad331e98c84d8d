#include "harness/stage/place/addresses.hpp"

#include <array>
#include <cstdint>
#include <unistd.h>

namespace sipharness::stage {
namespace {

IpAddress loopback_v4(std::uint8_t x, std::uint8_t y, std::uint8_t host) {
  return IpAddress::v4({127, x, y, host});
}

/// fd00::host, a unique local address.
IpAddress local_v6(std::uint8_t host) {
  return IpAddress::v6({0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host});
}

}  // namespace

Addresses default_addresses(bool ipv6, bool simulated) {
  const std::uint16_t device_port = simulated ? 5062 : 0;
  if (!ipv6)
    return {loopback_v4(0, 0, 11),
            loopback_v4(0, 0, 12),
            {loopback_v4(0, 0, 1), device_port},
            loopback_v4(0, 0, 13),
            loopback_v4(0, 0, 14)};
  if (simulated)
    return {local_v6(0x11),
            local_v6(0x12),
            {local_v6(0x01), device_port},
            local_v6(0x13),
            local_v6(0x14)};
  const IpAddress loopback = *IpAddress::parse("::1");
  return {loopback, loopback, {loopback, device_port}, loopback, loopback};
}

Addresses addresses_of_slot(unsigned slot) {
  // Spread by process so that two harnesses side by side rarely meet; a meeting is a taken port.
  const unsigned number = (static_cast<unsigned>(getpid()) * 16 + slot) % (254U * 254U);
  const auto x = static_cast<std::uint8_t>(number / 254 + 1);
  const auto y = static_cast<std::uint8_t>(number % 254 + 1);
  return {loopback_v4(x, y, 11),
          loopback_v4(x, y, 12),
          {loopback_v4(x, y, 1), 0},
          loopback_v4(x, y, 13),
          loopback_v4(x, y, 14)};
}

std::vector<Endpoint> device_endpoints(const Endpoint& first, unsigned devices) {
  std::vector<Endpoint> endpoints{first};
  for (unsigned device = 1; device < devices; ++device) {
    const auto net = static_cast<std::uint8_t>(1 + (device - 1) / 254);
    const auto host = static_cast<std::uint8_t>(1 + (device - 1) % 254);
    const IpAddress address =
        first.address.is_v4()
            ? loopback_v4(0, net, host)
            : IpAddress::v6({0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, net, 0, host});
    endpoints.push_back({address, first.port});
  }
  return endpoints;
}

std::optional<IpAddress> elsewhere_from(const IpAddress& address) {
  constexpr std::uint8_t other_net = 0x80;
  std::array<std::uint8_t, 16> bytes = address.bytes();
  if (bytes[0] != (address.is_v4() ? 127 : 0xfd)) return std::nullopt;
  bytes[1] ^= other_net;
  return address.is_v4() ? IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]})
                         : IpAddress::v6(bytes);
}

scenario::Scenario with_addresses(scenario::Scenario scenario, const Addresses& addresses) {
  for (scenario::Server& server : scenario.servers)
    if (!server.address)
      server.address = server.name == "primary"     ? addresses.primary
                       : server.name == "secondary" ? addresses.secondary
                                                    : addresses.spare;
  if (scenario.dns && !scenario.dns->address) scenario.dns->address = addresses.name_server;
  return scenario;
}

}  // namespace sipharness::stage
