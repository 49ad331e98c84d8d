#include "harness/dut/process/drivable.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/machine/probes.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;

/// What the harness does with its own means; every other verb is the profile's to teach.
bool is_built_in(DeviceVerb verb) {
  return verb == DeviceVerb::boot || verb == DeviceVerb::restart || verb == DeviceVerb::shutdown;
}

/// Whether the texts that the program is given have such a variable.
bool tells(const scenario::Drive& drive, std::string_view variable) {
  const auto has_it = [variable](const std::string& text) {
    return text.find(variable) != std::string::npos;
  };
  return std::ranges::any_of(drive.command, has_it) ||
         std::ranges::any_of(drive.files, [&](const auto& file) { return has_it(file.second); });
}

/// What the scenario needs and cannot have from this profile, the verbs aside.
void check_surroundings(const scenario::Profile& profile, const scenario::Scenario& scenario) {
  if (scenario.ipv6)
    throw SetupError(
        fmt::format("softphones are driven over IPv4; scenario {} is IPv6", scenario.full_name()));
  if (scenario.dns && !tells(*profile.drive, "${name_server."))
    throw SetupError(
        fmt::format("{} cannot be told the name server that scenario {} needs: no text "
                    "of its profile has ${{name_server.address}}",
                    profile.name, scenario.full_name()));
  for (const scenario::Server& server : scenario.servers)
    if (server.by_srv && tells(*profile.drive, fmt::format("${{{}.port}}", server.name)))
      throw SetupError(
          fmt::format("{} cannot be given the {} by name alone, as scenario {} wants: a text of "
                      "its profile has ${{{}.port}}",
                      profile.name, server.name, scenario.full_name(), server.name));
}

}  // namespace

void check_drivable(const scenario::Profile& profile, const scenario::Scenario& scenario) {
  if (!profile.drive)
    throw SetupError(fmt::format(
        "profile {} does not say how to start the device: it has no \"drive\"", profile.name));
  const scenario::Drive& drive = *profile.drive;
  check_surroundings(profile, scenario);
  for (const scenario::Step& step : scenario.timeline) {
    const auto* device_step = std::get_if<scenario::DeviceStep>(&step.what);
    if (device_step == nullptr || is_built_in(device_step->verb)) continue;
    const std::string verb(to_string(device_step->verb));
    if (!drive.verbs.contains(verb))
      throw SetupError(
          fmt::format("{} cannot {}, which scenario {} requires at {}: its profile has no "
                      "drive.verbs.{}",
                      profile.name, verb, scenario.full_name(), step.place.text, verb));
  }
  if (host::find_program(drive.command.front())) return;
  throw SetupError(fmt::format(
      "{} is not installed{}", drive.command.front(),
      drive.package.empty() ? std::string() : fmt::format(": apt-get install {}", drive.package)));
}

}  // namespace sipharness::dut
