// sipharness baseline: the failures of some runs, as those that `run --baseline` accepts.

#include <memory>

#include "harness/campaign/baseline.hpp"
#include "harness/campaign/results.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "reports/baseline.hpp"

namespace sipharness::cli {
namespace {

struct BaselineArguments {
  std::string results, out = "-";
};

int write_baseline(const BaselineArguments& arguments) {
  try_documents({arguments.out}, {arguments.results});
  const campaign::Results results = value_or_reject(campaign::read_results(arguments.results));
  write_document(arguments.out, reports::json(campaign::baseline_of(results.batch)));
  return passed;
}

}  // namespace

void add_baseline(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BaselineArguments>();
  CLI::App* command = app.add_subcommand("baseline", "Accept failures that are known");
  command->require_subcommand(1);
  CLI::App* write = command->add_subcommand(
      "write", "Write what failed in some runs as a file for `run --baseline`");
  write
      ->add_option("results", arguments->results,
                   "A result file, a run folder, or the folder of a batch (--out)")
      ->required()
      ->type_name("RESULTS");
  add_document_option(*write, "--out", arguments->out, "Where to write it");
  write->callback([arguments, &exit_code] { exit_code = write_baseline(*arguments); });
}

}  // namespace sipharness::cli
