#pragma once
// The options of `run` that are about phones.

#include <cstdint>
#include <string>

#include "harness/cli/command.hpp"
#include "harness/stage/phone_choice.hpp"

namespace sipharness::cli {

struct PhoneArguments {
  std::string passcode_env;
  std::string passcode_file;
  std::string mac;
  std::string reprovision = "auto";
  std::uint16_t http_port = 8080;
  bool behind_nat = false;
  bool prompts = false;
};

void add_phone_options(CLI::App& command, PhoneArguments& arguments);

/// Throws InputError.
stage::PhoneChoice chosen_phone(const PhoneArguments& arguments);

}  // namespace sipharness::cli
