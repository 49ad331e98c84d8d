#include "harness/stage/devices.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/dut/external/external_device.hpp"
#include "harness/dut/process/process_device.hpp"
#include "harness/dut/reference_ua/reference_ua.hpp"
#include "harness/host/process/device_log.hpp"
#include "harness/stage/phone_desk.hpp"
#include "harness/stage/place/addresses.hpp"

namespace sipharness::stage {
namespace {

Endpoint endpoint_of(const scenario::Scenario& scenario, std::string_view name) {
  const scenario::Server& server = scenario.server(name);
  return {*server.address, server.port};
}

dut::DeviationSet deviations_of(const RunOptions& options) {
  dut::DeviationSet set;
  for (const std::string& name : options.deviations) {
    const dut::DeviationRow* row = dut::find_deviation(name);
    if (row == nullptr) throw SetupError(fmt::format("no deviation is called \"{}\"", name));
    set.set(static_cast<std::size_t>(row->id));
  }
  return set;
}

/// An account may have none: its device registers where nobody asks for it.
std::string password_of(const scenario::Profile& profile) {
  if (!profile.account.password) return {};
  const auto password = scenario::resolve(profile.account.password);
  if (!password)
    throw SetupError(fmt::format("the password of account {} is not available: set {}",
                                 profile.account.user, profile.account.password->value));
  return *password;
}

std::string name_of(const Production& production, unsigned device) {
  if (production.devices.size() == 1) return "phone";
  return fmt::format("phone-{}", account_of(production.profile.account, device).user);
}

dut::ServerName name_of(const scenario::Server& server) {
  return {.host = server.host.value_or(""), .by_service = server.by_srv};
}

dut::ServerAddress server_address(const Production& production, std::string_view name) {
  return {endpoint_of(production.scenario, name),
          production.scenario.server(name).host.value_or("")};
}

/// Its own, but over TCP: programs leave the source of a connection to the kernel, which takes
/// 127.0.0.1 whatever address they listen at.
IpAddress softphone_address(const Production& production, unsigned device) {
  const bool is_tcp = production.profile.transport == Transport::tcp;
  return is_tcp ? IpAddress::v4({127, 0, 0, 1}) : production.devices[device].address;
}

std::unique_ptr<dut::Device> make_process(const RealServices& services, unsigned device) {
  const Production& production = services.production;
  dut::ProcessDevice::Options options;
  options.name = name_of(production, device);
  // A user may have a slash (RFC 3261 §25.1), a file may not.
  if (production.devices.size() > 1) options.stem = options.name;
  std::ranges::replace(options.stem, '/', '_');
  options.values.profile = production.profile;
  options.values.profile.account = account_of(production.profile.account, device);
  options.values.primary = server_address(production, "primary");
  options.values.secondary = server_address(production, "secondary");
  if (const auto& dns = production.scenario.dns)
    options.values.name_server = Endpoint{*dns->address, dns->port};
  options.values.device = softphone_address(production, device);
  options.values.password = password_of(production.profile);
  options.values.run_folder = services.folder.path;
  const std::size_t length = options.values.password.size();
  if (length > 0 && length < host::shortest_secret)
    services.journal.write(journal::Remark{
        fmt::format("the password has less than {} characters: device.log and the copies of "
                    "configuration files may show it",
                    host::shortest_secret)});
  return std::make_unique<dut::ProcessDevice>(services.world, services.journal, std::move(options));
}

}  // namespace

std::unique_ptr<dut::Device> make_reference_ua(world::World& world, const Production& production,
                                               unsigned device) {
  dut::ReferenceUaOptions options;
  options.profile = production.profile;
  options.profile.account = account_of(production.profile.account, device);
  options.name = name_of(production, device);
  options.local = production.devices[device];
  options.elsewhere = elsewhere_from(options.local.address);
  options.primary = endpoint_of(production.scenario, "primary");
  options.secondary = endpoint_of(production.scenario, "secondary");
  options.primary_name = name_of(production.scenario.server("primary"));
  options.secondary_name = name_of(production.scenario.server("secondary"));
  if (const auto& dns = production.scenario.dns) options.name_server = {*dns->address, dns->port};
  options.password = password_of(production.profile);
  options.deviations = deviations_of(production.options);
  const std::string stream = device == 0 ? "device" : fmt::format("device {}", device + 1);
  return std::make_unique<dut::ReferenceUa>(world, Rng(production.options.seed).fork(stream),
                                            std::move(options));
}

namespace {

std::unique_ptr<dut::Device> make_external_device(const RealServices& services, unsigned device) {
  const Production& production = services.production;
  const scenario::Account account = account_of(production.profile.account, device);
  dut::ExternalDeviceOptions options;
  options.name = name_of(production, device);
  options.was_up_before = production.device_was_up;
  if (!account.is_any())
    options.called = fmt::format("the device of account {}", account.user);
  else
    options.called = "the device";
  return std::make_unique<dut::ExternalDevice>(services.person, std::move(options));
}

}  // namespace

std::unique_ptr<dut::Device> make_real_device(const RealServices& services, unsigned device) {
  const DeviceChoice& choice = services.production.options.device;
  switch (choice.kind) {
    case DeviceKind::reference:
      return make_reference_ua(services.world, services.production, device);
    case DeviceKind::external:
      return make_external_device(services, device);
    case DeviceKind::process:
      return make_process(services, device);
    case DeviceKind::phone:
      return make_phone(services);
  }
  throw SetupError(fmt::format("a device of the kind {} cannot be driven", choice.text()));
}

}  // namespace sipharness::stage
