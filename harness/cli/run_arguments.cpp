#include "harness/cli/run_arguments.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "harness/cli/shipped.hpp"
#include "harness/cli/words.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/scenario/problems.hpp"
#include "harness/stage/place/targets.hpp"

namespace sipharness::cli {
namespace {

using stage::DeviceKind;

constexpr std::string_view process_prefix = "process:";

stage::DeviceChoice chosen_device(const RunArguments& arguments) {
  const std::string& device = arguments.device;
  if (device == "reference") return {};
  if (device == "external") return {.kind = DeviceKind::external};
  if (device == "phone") {
    if (arguments.phone_address.empty())
      throw InputError("--device phone needs --phone-address, where its HTTP interface is");
    return {.kind = DeviceKind::phone, .phone_address = arguments.phone_address};
  }
  if (device.starts_with(process_prefix) && device.size() > process_prefix.size())
    return {.kind = DeviceKind::process, .name = device.substr(process_prefix.size())};
  std::vector<std::string> known = {"reference", "process:NAME", "phone", "external"};
  for (const std::string& name : shipped_profile_names())
    known.push_back(fmt::format("{}{}", process_prefix, name));
  const std::string meant =
      std::ranges::count(known, fmt::format("{}{}", process_prefix, device)) > 0
          ? fmt::format("{}{}", process_prefix, device)
          : device;
  throw InputError(
      fmt::format("--device: found {}; allowed is reference, process:NAME, phone or external{}",
                  device, scenario::did_you_mean(meant, {known.begin(), known.end()})));
}

/// policy: a program is up at once, a phone boots for minutes and a person has to find it first.
Duration first_register_timeout(const RunArguments& arguments, const stage::DeviceChoice& device) {
  if (arguments.wait.empty()) return device.kind == DeviceKind::process ? 30s : Duration(5min);
  return duration_of("--wait", arguments.wait);
}

// --- Options that would do nothing ---------------------------------------------------------------

bool is_reference(const RunArguments& arguments) {
  return arguments.device == "reference";
}
bool is_foreign(const RunArguments& arguments) {
  return !is_reference(arguments);
}
bool is_no_phone(const RunArguments& arguments) {
  return arguments.device != "phone";
}
bool is_one_of_a_kind(const RunArguments& arguments) {
  return arguments.device == "phone" || arguments.device == "external";
}
bool is_virtual(const RunArguments& arguments) {
  return !arguments.is_real_time();
}
bool is_several_at_once(const RunArguments& arguments) {
  return is_one_of_a_kind(arguments) && arguments.jobs > 1;
}
bool is_foreign_in_virtual_time(const RunArguments& arguments) {
  return is_foreign(arguments) && arguments.clock == "virtual";
}
bool captures_in_virtual_time(const RunArguments& arguments) {
  return is_virtual(arguments) && arguments.capture != "auto";
}
bool names_scenarios(const RunArguments& arguments) {
  return !arguments.scenarios.empty();
}
bool has_plan(const RunArguments& arguments) {
  return !arguments.plan.empty();
}
bool has_folder_already(const RunArguments& arguments) {
  return !arguments.out.empty();
}
bool is_side_by_side(const RunArguments& arguments) {
  return arguments.jobs > 1;
}
bool plays_nothing(const RunArguments& arguments) {
  return arguments.dry_run;
}

/// An option that was given, and where it is refused.
struct Refusal {
  const char* option;
  bool (*is_refused)(const RunArguments&);
  std::string_view why;
};

constexpr std::string_view of_the_reference = "only the reference UA breaks rules on purpose";
constexpr std::string_view of_a_phone = "it is for --device phone";
constexpr std::string_view of_a_foreign_device =
    "it is for a third-party device; the reference UA does not need it";
constexpr std::string_view of_a_run = "--dry-run judges nothing";
constexpr std::string_view of_real_time = "the reference UA runs in virtual time; add --clock real";

constexpr std::array refusals{
    Refusal{"--plan", names_scenarios, "the plan names the scenarios: name none beside it"},
    Refusal{"--variant", has_plan, "the plan names the variants"},
    Refusal{"--resume", has_folder_already,
            "the runs go into the folder of the others: leave out --out"},
    Refusal{"--deviate", is_foreign, of_the_reference},
    Refusal{"--clock", is_foreign_in_virtual_time, "a third-party device runs in real time"},
    Refusal{"--capture", captures_in_virtual_time, of_real_time},
    Refusal{"--bind", is_virtual, of_real_time},
    Refusal{"--allow-targets", is_virtual, of_real_time},
    Refusal{"--web", is_virtual, of_real_time},
    Refusal{"--web", is_side_by_side, "the page shows one run at a time; leave out --jobs"},
    Refusal{"--web", plays_nothing, of_a_run},
    Refusal{"--jobs", is_several_at_once,
            "there is one such device, and it takes part in one run at a time"},
    Refusal{"--wait", is_reference, of_a_foreign_device},
    Refusal{"--prompt-timeout", is_reference, of_a_foreign_device},
    Refusal{"--no-bracket", is_reference, of_a_foreign_device},
    Refusal{"--phone-address", is_no_phone, of_a_phone},
    Refusal{"--phone-passcode-env", is_no_phone, of_a_phone},
    Refusal{"--phone-passcode-file", is_no_phone, of_a_phone},
    Refusal{"--phone-mac", is_no_phone, of_a_phone},
    Refusal{"--phone-behind-nat", is_no_phone, of_a_phone},
    Refusal{"--reprovision", is_no_phone, of_a_phone},
    Refusal{"--prompts", is_no_phone, of_a_phone},
    Refusal{"--http-port", is_no_phone, of_a_phone},
    Refusal{"--json", plays_nothing, of_a_run},
    Refusal{"--junit", plays_nothing, of_a_run},
    Refusal{"--markdown", plays_nothing, of_a_run},
    Refusal{"--github", plays_nothing, of_a_run},
    Refusal{"--fail-fast", plays_nothing, of_a_run},
};

std::string value_of(const CLI::Option& option) {
  return option.results().empty() || option.get_expected_max() == 0
             ? std::string()
             : " " + option.results().front();
}

void refuse_idle_options(const CLI::App& command, const RunArguments& arguments) {
  for (const Refusal& refusal : refusals) {
    const CLI::Option& option = *command.get_option(refusal.option);
    if (option.count() > 0 && refusal.is_refused(arguments))
      throw InputError(fmt::format("{}{}: {}", refusal.option, value_of(option), refusal.why));
  }
}

void refuse_unknown_names(const RunArguments& arguments) {
  std::vector<std::string_view> names;
  for (const dut::DeviationRow& row : dut::deviations()) names.push_back(row.name);
  for (const std::string& name : arguments.deviations) reject_unknown("deviation", name, names);
  requirements_named(arguments.only);
}

// --- The options themselves ----------------------------------------------------------------------

void add_choice_options(CLI::App& command, RunArguments& arguments) {
  command
      .add_option("scenario", arguments.scenarios,
                  "Scenarios: files, folders, or names such as primary_down, guide, "
                  "registrar_refuses/403")
      ->type_name("SCENARIO");
  add_tag_option(command, arguments.tags);
  command
      .add_option(
          "--plan", arguments.plan,
          "The scenarios of a plan: smoke (every build), full (before a release), or a file")
      ->type_name("PLAN");
  command.add_option("--variant", arguments.variant, "Only the variants of this name")
      ->type_name("NAME");
  command
      .add_option("--only", arguments.only, "Judge these only: GRP-CALL-03, GRP-REG, rfc3261/17")
      ->type_name("ID");
  command
      .add_option("--device", arguments.device,
                  "reference (default), process:NAME, phone or external")
      ->type_name("DEVICE");
  command
      .add_option("--profile", arguments.profile,
                  "Device profile: a file or a shipped name (default: that of the device)")
      ->type_name("PROFILE");
  command
      .add_option("--deviate", arguments.deviations,
                  "Make the reference UA break a rule: see sipharness list deviations")
      ->type_name("NAME");
}

void add_device_options(CLI::App& command, RunArguments& arguments) {
  command
      .add_option("--phone-address", arguments.phone_address,
                  "Where the HTTP interface of the phone is")
      ->type_name("HOST[:PORT]");
  add_phone_options(command, arguments.phone);
  command
      .add_option("--wait", arguments.wait,
                  "How long a third-party device may take to register (default 30s for a "
                  "process, else 5min)")
      ->type_name("DURATION");
  command
      .add_option("--prompt-timeout", arguments.prompt_timeout,
                  "How long a person may take to answer a prompt (default 60s)")
      ->type_name("DURATION");
  command.add_flag("--no-bracket", arguments.no_control_runs,
                   "No control runs of a third-party device before and after a fault");
  add_lab_options(command, arguments.lab);
  add_web_options(command, arguments.web);
}

void add_batch_options(CLI::App& command, RunArguments& arguments) {
  command.add_flag("--dry-run", arguments.dry_run,
                   "Print what would run and how long it takes, and run nothing");
  command.add_option("--jobs", arguments.jobs, "Scenarios side by side (default 1)")
      ->type_name("N")
      ->check(whole_number(1, 64));
  command
      .add_option("--repeat", arguments.repeat,
                  "Run each scenario this many times, each time with the next seed, and print how "
                  "its measured intervals spread")
      ->type_name("N")
      ->check(whole_number(1, 10'000));
  command
      .add_option("--shard", arguments.shard,
                  "Run this share of all runs only, as long as the others; sipharness merge puts "
                  "the shares together")
      ->type_name("I/N");
  command
      .add_option("--devices", arguments.devices,
                  "So many devices in every scenario that has several (default: as it says)")
      ->type_name("N")
      ->check(whole_number(2, scenario::most_devices));
  command.add_flag("--fail-fast", arguments.fail_fast, "Stop after the first scenario that failed");
  command
      .add_option("--resume", arguments.resume,
                  "Continue the runs in DIR: a run that ended there is judged and not run again")
      ->type_name("DIR");
}

}  // namespace

bool RunArguments::is_real_time() const {
  return device != "reference" || clock == "real";
}

void add_run_options(CLI::App& command, RunArguments& arguments) {
  add_choice_options(command, arguments);
  add_device_options(command, arguments);
  command
      .add_option("--clock", arguments.clock,
                  "auto, virtual or real (auto: virtual for the reference UA)")
      ->check(one_of({"auto", "virtual", "real"}));
  command
      .add_option("--capture", arguments.capture,
                  "auto, live or tap (auto: live where this is permitted); real time only")
      ->check(one_of({"auto", "live", "tap"}));
  command.add_option("--out", arguments.out, "Where run folders go (default runs)")
      ->type_name("DIR");
  add_seed_option(command, arguments.seed);
  add_batch_options(command, arguments);
  command.add_flag("--strict", arguments.strict,
                   "Warnings count as failures, and so does a known failure that passes");
  command
      .add_option("--baseline", arguments.baseline,
                  "Known failures (sipharness baseline write): only others count")
      ->type_name("FILE");
  add_output_options(command, arguments.output);
}

void check_run_options(const CLI::App& command, const RunArguments& arguments) {
  const stage::DeviceChoice device = chosen_device(arguments);
  refuse_idle_options(command, arguments);
  if (device.kind == DeviceKind::phone && !stage::phone_endpoint(device))
    throw InputError(
        fmt::format("--phone-address: found {}; allowed is an IP address, with the port if it is "
                    "not 80, such as 192.0.2.50:8080",
                    device.phone_address));
  chosen_phone(arguments.phone);
  allowed_targets(arguments.lab);
  check_web_options(arguments.web);
  first_register_timeout(arguments, device);
  duration_of("--prompt-timeout", arguments.prompt_timeout);
  refuse_unknown_names(arguments);
}

std::string chosen_profile(const RunArguments& arguments) {
  if (!arguments.profile.empty()) return arguments.profile;
  switch (const stage::DeviceChoice device = chosen_device(arguments); device.kind) {
    case DeviceKind::process:
      return device.name;
    case DeviceKind::phone:
      return "grp26xx";
    case DeviceKind::external:
      return "external";
    case DeviceKind::reference:
      break;
  }
  return "reference";
}

stage::RunOptions run_options(const RunArguments& arguments) {
  stage::RunOptions options;
  options.device = chosen_device(arguments);
  options.phone = chosen_phone(arguments.phone);
  options.first_register_timeout = first_register_timeout(arguments, options.device);
  options.prompt_timeout = duration_of("--prompt-timeout", arguments.prompt_timeout);
  options.bind = arguments.lab.bind;
  options.allowed_targets = allowed_targets(arguments.lab);
  if (options.device.is_foreign() && !arguments.no_control_runs)
    options.healthy = read_scenarios({shipped_scenarios() + "/sanity/healthy.json"}).front();
  if (arguments.clock != "auto")
    options.clock = arguments.clock == "real" ? stage::Clock::real : stage::Clock::virtual_time;
  if (arguments.capture != "auto")
    options.capture =
        arguments.capture == "live" ? stage::CaptureMode::live : stage::CaptureMode::tap;
  options.deviations = arguments.deviations;
  return options;
}

}  // namespace sipharness::cli
