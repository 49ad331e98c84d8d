#include "harness/cli/phone_options.hpp"

#include <map>

#include <fmt/format.h>

#include "fake_servers/provisioning.hpp"
#include "harness/cli/words.hpp"

namespace sipharness::cli {
namespace {

const std::map<std::string, stage::Reprovision> reprovisions{
    {"auto", stage::Reprovision::automatic},
    {"none", stage::Reprovision::none},
    {"resync", stage::Reprovision::resync},
    {"reboot", stage::Reprovision::reboot},
};

}  // namespace

void add_phone_options(CLI::App& command, PhoneArguments& arguments) {
  CLI::Option* const env = command.add_option("--phone-passcode-env", arguments.passcode_env,
                                              "Variable that holds the phone's passcode");
  env->type_name("NAME");
  command
      .add_option("--phone-passcode-file", arguments.passcode_file,
                  "File whose first line is the phone's passcode")
      ->type_name("FILE")
      ->excludes(env);
  command
      .add_option("--phone-mac", arguments.mac,
                  "The phone that gets the configuration (default: the first that asks)")
      ->type_name("MAC");
  command.add_flag("--phone-behind-nat", arguments.behind_nat,
                   "Serve the phone's configuration to any address, not only to --phone-address; "
                   "needs --phone-mac");
  command
      .add_option("--reprovision", arguments.reprovision,
                  "What boot does to the phone: auto, none, resync or reboot (auto: reboot "
                  "where the passcode is known)")
      ->check(one_of({"auto", "none", "resync", "reboot"}));
  command.add_flag("--prompts", arguments.prompts,
                   "Ask a person for what the phone cannot be made to do");
  command
      .add_option("--http-port", arguments.http_port,
                  "Where the phone gets its configuration and calls its action URLs, at the "
                  "primary's address (default 8080)")
      ->type_name("N")
      ->check(whole_number(1, 65535));
}

stage::PhoneChoice chosen_phone(const PhoneArguments& arguments) {
  using Kind = scenario::Password::Kind;
  stage::PhoneChoice choice;
  if (!arguments.passcode_env.empty())
    choice.passcode = scenario::Password{Kind::env, arguments.passcode_env};
  if (!arguments.passcode_file.empty())
    choice.passcode = scenario::Password{Kind::file, arguments.passcode_file};
  choice.reprovision = reprovisions.at(arguments.reprovision);
  choice.http_port = arguments.http_port;
  choice.prompts = arguments.prompts;
  choice.is_behind_nat = arguments.behind_nat;
  if (arguments.behind_nat && arguments.mac.empty())
    throw InputError(
        "--phone-behind-nat needs --phone-mac: without its address the phone is known by its MAC");
  if (arguments.mac.empty()) return choice;
  choice.mac = fake_servers::parse_mac(arguments.mac);
  if (!choice.mac)
    throw InputError(
        fmt::format("--phone-mac {}: twelve hexadecimal digits, as on the label "
                    "(C0:74:AD:00:00:01)",
                    arguments.mac));
  return choice;
}

}  // namespace sipharness::cli
