// sipharness serve: the fake servers alone, with a line for each message.

#include <algorithm>
#include <memory>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/lab_options.hpp"
#include "harness/cli/partial_judge.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/cli/web_options.hpp"
#include "harness/cli/words.hpp"
#include "harness/files/files.hpp"
#include "harness/host/process/home_guard.hpp"
#include "harness/host/process/signals.hpp"
#include "harness/serve/serve.hpp"

namespace sipharness::cli {
namespace {

struct ServeArguments {
  std::string scenario;
  std::string variant;
  std::string profile = "external";
  std::string capture = "auto";
  std::string out;
  LabOptions lab;
  WebOptions web;
};

/// The first variant of one scenario, unless another is named.
scenario::Scenario scenario_to_serve(const ServeArguments& arguments) {
  const auto scenarios = read_scenarios({arguments.scenario}, arguments.variant);
  const std::string& name = scenarios.front().name;
  if (!std::ranges::all_of(scenarios, [&](const auto& one) { return one.name == name; }))
    throw InputError(fmt::format("{}: found {} scenarios; one is needed here", arguments.scenario,
                                 scenarios.size()));
  return scenarios.front();
}

/// A line on standard output, and on the page if there is one.
void say(const std::string& text, web::LabPage* page) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    print("{}\n", printable(line));
    if (page != nullptr) page->say(line);
  }
  flush_output();
}

int serve(const ServeArguments& arguments) {
  check_web_options(arguments.web);
  const scenario::Scenario scenario = scenario_to_serve(arguments);
  stage::RunOptions options;
  options.device.kind = stage::DeviceKind::external;
  options.bind = arguments.lab.bind;
  options.allowed_targets = allowed_targets(arguments.lab);
  if (arguments.capture != "auto")
    options.capture =
        arguments.capture == "live" ? stage::CaptureMode::live : stage::CaptureMode::tap;
  std::optional<files::TemporaryFolder> scratch;
  if (arguments.out.empty())
    options.folder = scratch.emplace().path();
  else
    options.folder = files::make_run_folder(arguments.out, scenario.name);
  options.interrupted = [] { return host::is_interrupted() || !flush_output(); };
  host::catch_interrupts();
  host::clear_leftovers();
  const auto page = open_web_page(arguments.web, arguments.out);
  if (page) {
    const judge::RunFolder folder{options.folder};
    page->serve(scenario.full_name(), folder.path);
    options.unrecorded = page->endpoints();
    options.partial_period = page_period;
    options.on_partial = [judge = std::make_shared<PartialJudge>(folder, page_period)] {
      judge->judge();
    };
  }
  serve::serve(scenario, with_account(read_profile(arguments.profile), arguments.lab), options,
               [&page](const std::string& text) { say(text, page.get()); });
  if (page) page->enter("ended");
  if (!scratch) print("Folder   {}\n", printable(options.folder));
  return passed;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App* command =
      app.add_subcommand("serve", "Run only the fake servers, until interrupted, with a live log");
  command->add_option("scenario", arguments->scenario, "Scenario file: its servers and rules")
      ->required()
      ->type_name("SCENARIO");
  command->add_option("--variant", arguments->variant, "One of the scenario's (default: its first)")
      ->type_name("NAME");
  command
      ->add_option("--profile", arguments->profile,
                   "Device profile: a file or a shipped name (default external)")
      ->type_name("PROFILE");
  add_lab_options(*command, arguments->lab);
  add_web_options(*command, arguments->web);
  command
      ->add_option("--capture", arguments->capture,
                   "auto, live or tap (auto: live where this is permitted)")
      ->check(one_of({"auto", "live", "tap"}));
  command->add_option("--out", arguments->out, "Keep capture and journal in a folder there")
      ->type_name("DIR");
  command->callback([arguments, &exit_code] { exit_code = serve(*arguments); });
}

}  // namespace sipharness::cli
