#pragma once
// Options about the place the servers and devices are in, shared by run and serve.

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/base/address_prefix.hpp"
#include "harness/base/time.hpp"
#include "harness/scenario/profile.hpp"

namespace sipharness::cli {

struct LabOptions {
  std::vector<std::string> bind;  ///< addresses or interfaces; empty: loopback
  std::vector<std::string> allow_targets;
  std::string account;  ///< user part of the AOR under test; empty: the profile's
};

void add_lab_options(CLI::App& command, LabOptions& options);

/// What --allow-targets names, or InputError.
std::vector<AddressPrefix> allowed_targets(const LabOptions& options);

/// The profile with the account that was named.
scenario::Profile with_account(scenario::Profile profile, const LabOptions& options);

/// A duration above nothing, or InputError naming the option.
Duration duration_of(std::string_view option, const std::string& text);

}  // namespace sipharness::cli
