#include "harness/run/run.hpp"

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/files.hpp"
#include "harness/run/addresses.hpp"
#include "harness/run/meta.hpp"
#include "harness/run/production.hpp"
#include "harness/run/stage_real.hpp"
#include "harness/run/stage_virtual.hpp"

namespace sipharness::run {
namespace {

/// Every party of a scenario is ours unless a foreign device takes part.
bool is_real_time(const RunOptions& options) {
  if (!options.device.is_foreign()) return options.clock == Clock::real;
  if (options.clock == Clock::virtual_time)
    throw SetupError(fmt::format("the device {} keeps its own time: run it without --clock virtual",
                                 options.device.text()));
  return true;
}

Addresses chosen_addresses(const scenario::Scenario& scenario, const RunOptions& options,
                           bool simulated) {
  // A softphone brings ports of its own choice: it gets addresses of its own even when it is alone.
  const bool apart = options.slot || options.device.kind == DeviceKind::process;
  const bool own = apart && !simulated && !scenario.ipv6;
  return own ? addresses_of_slot(options.slot.value_or(0))
             : default_addresses(scenario.ipv6, simulated);
}

}  // namespace

std::string DeviceChoice::text() const {
  switch (kind) {
    case DeviceKind::process:
      return "process:" + name;
    case DeviceKind::phone:
      return "phone";
    case DeviceKind::external:
      return "external";
    case DeviceKind::reference:
      break;
  }
  return "reference";
}

void stage(const scenario::Scenario& scenario, const scenario::Profile& profile,
           const RunOptions& options) {
  const bool real = is_real_time(options);
  if (real && !options.device.is_foreign() && scenario.devices > 1)
    throw SetupError(
        fmt::format("{} has {} devices: they live in virtual time only, run it "
                    "without --clock real",
                    scenario.full_name(), scenario.devices));
  const Addresses addresses = chosen_addresses(scenario, options, !real);
  const Production production{with_addresses(scenario, addresses), configured(profile, scenario),
                              device_endpoints(addresses.device, scenario.devices), options};
  const RunFolder folder{options.folder};
  host::make_folders(folder.path);
  host::write_file(folder.scenario(), scenario::to_json(production.scenario));
  host::write_file(folder.profile(), scenario::to_json(production.profile));
  host::write_file(folder.meta(),
                   to_json(Meta{real ? "real" : "virtual", options.seed, options.device.text()}));
  if (real)
    stage_real(production, folder);
  else
    stage_virtual(production, folder);
}

}  // namespace sipharness::run
