#include "harness/stage/place/targets.hpp"

#include <algorithm>

#include "harness/host/machine/local_addresses.hpp"
#include "harness/observed/addresses.hpp"

namespace sipharness::stage {

namespace {

bool stands_on_loopback(const scenario::Scenario& scenario) {
  return std::ranges::all_of(scenario.servers, [](const scenario::Server& server) {
    return server.address && observed::is_loopback(*server.address);
  });
}

}  // namespace

std::optional<Endpoint> phone_endpoint(const DeviceChoice& device) {
  constexpr std::uint16_t web_port = 80;
  if (const auto address = IpAddress::parse(device.phone_address))
    return Endpoint{*address, web_port};
  const auto endpoint = Endpoint::parse(device.phone_address);
  return endpoint ? std::optional(*endpoint) : std::nullopt;
}

std::vector<AddressPrefix> allowed_targets(const Production& production) {
  std::vector<AddressPrefix> targets = production.options.allowed_targets;
  if (const auto phone = phone_endpoint(production.options.device))
    targets.push_back(AddressPrefix::of(phone->address));
  const DeviceKind kind = production.options.device.kind;
  if (kind == DeviceKind::reference || kind == DeviceKind::process)
    for (const Endpoint& device : production.devices)
      targets.push_back(AddressPrefix::of(device.address));
  const bool is_started = kind == DeviceKind::process;
  const bool is_on_this_machine =
      is_started || (kind == DeviceKind::external && stands_on_loopback(production.scenario));
  if (is_on_this_machine)
    for (const host::LocalAddress& local : host::local_addresses())
      if (is_started || !local.is_loopback) targets.push_back(AddressPrefix::of(local.address));
  return targets;
}

}  // namespace sipharness::stage
