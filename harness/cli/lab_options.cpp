#include "harness/cli/lab_options.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/cli/command.hpp"

namespace sipharness::cli {

void add_lab_options(CLI::App& command, LabOptions& options) {
  command
      .add_option(
          "--bind", options.bind,
          "Where the servers stand: an address or an interface, or two (primary, secondary)")
      ->type_name("ADDRESS|INTERFACE");
  command
      .add_option("--allow-targets", options.allow_targets,
                  "Where the servers may send requests and RTP that a message names, besides its "
                  "sender (default: nowhere else)")
      ->type_name("ADDRESS[/BITS],...")
      ->delimiter(',');
  command
      .add_option("--account", options.account,
                  "User part of the account under test (default: as the profile says)")
      ->type_name("USER");
}

std::vector<AddressPrefix> allowed_targets(const LabOptions& options) {
  std::vector<AddressPrefix> targets;
  for (const std::string& text : options.allow_targets) {
    const auto prefix = AddressPrefix::parse(text);
    if (!prefix)
      throw InputError(fmt::format(
          "--allow-targets: found {}; allowed is an IP address, or a range such as 192.0.2.0/24",
          text));
    targets.push_back(*prefix);
  }
  return targets;
}

scenario::Profile with_account(scenario::Profile profile, const LabOptions& options) {
  if (options.account.empty()) return profile;
  const bool is_plain = std::ranges::all_of(options.account, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.+").find(c) != std::string_view::npos;
  });
  if (!is_plain)
    throw InputError(
        fmt::format("--account: found {}; allowed are letters, digits and -_.+", options.account));
  profile.account.user = options.account;
  return profile;
}

Duration duration_of(std::string_view option, const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || *duration <= Duration::zero())
    throw InputError(fmt::format(
        "{}: found {}; allowed is a duration greater than 0, such as 30s or 5min", option, text));
  return *duration;
}

}  // namespace sipharness::cli
