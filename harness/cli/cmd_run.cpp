// sipharness run: stage, capture, judge, report.

#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/player.hpp"
#include "harness/cli/run_arguments.hpp"
#include "harness/cli/workload.hpp"

namespace sipharness::cli {
namespace {

int run_scenarios(const CLI::App& command, const RunArguments& arguments) {
  check_run_options(command, arguments);
  std::vector<std::string> inputs = arguments.scenarios;
  inputs.push_back(arguments.profile);
  inputs.push_back(arguments.plan);
  inputs.push_back(arguments.baseline);
  try_outputs(arguments.output, inputs);
  const Workload workload = prepare_workload(arguments);
  if (!arguments.dry_run) return play(workload);
  print_workload(workload);
  return passed;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Run scenarios against a device and judge it");
  add_run_options(*command, *arguments);
  command->callback([command, arguments, &exit_code] {
    take_web_address(arguments->web, arguments->scenarios);
    exit_code = run_scenarios(*command, *arguments);
  });
}

}  // namespace sipharness::cli
