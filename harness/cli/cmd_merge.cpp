// sipharness merge: the shards of a campaign as if one machine had run it.

#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "harness/campaign/shard.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"
#include "reports/index_page.hpp"
#include "reports/report.hpp"

namespace sipharness::cli {
namespace {

namespace fs = std::filesystem;

struct MergeArguments {
  std::string out;
  std::vector<std::string> shards;
  OutputOptions output;
};

/// Judged again, as `run --resume` does: the same capture gives the same findings.
verdict::Result result_in(const std::string& folder, const campaign::Shard& of) {
  judge::JudgeRequest request;
  request.capture = folder;
  request.only = requirements_named(of.only);
  request.strict = of.strict;
  return value_or_reject(judge::judge(request)).result;
}

void refuse_used_folder(const std::string& out) {
  std::error_code error;
  if (fs::exists(out, error) && !(files::is_folder(out) && fs::is_empty(out, error)))
    throw InputError(fmt::format("{}: is there already; allowed is a new folder", out));
}

int merge_shards(const MergeArguments& arguments) {
  refuse_used_folder(arguments.out);
  const auto shards = value_or_reject(campaign::read_shards(arguments.shards));
  files::make_folders(arguments.out);
  std::vector<std::string> inputs;
  for (const std::string& shard : arguments.shards)
    inputs.push_back(shard + "/" + campaign::shard_file);
  try_outputs(arguments.output, inputs);
  verdict::Batch batch;
  std::vector<std::string> pages;
  for (const campaign::Shard::Run& run : campaign::merge(shards)) {
    if (run.not_run) batch.not_run.push_back(*run.not_run);
    if (run.folder.empty()) continue;
    batch.results.push_back(result_in(run.folder, shards.front().shard));
    const std::string copy = files::copy_folder(run.folder, arguments.out);
    pages.push_back(judge::RunFolder{fs::path(copy).filename()}.page());
    print_result(batch.results.back(), arguments.output, copy, true);
  }
  const std::string index = arguments.out + "/index.html";
  write_results(batch, arguments.output,
                {{index, [&] { return reports::index_page(batch, pages); }}});
  if (!prints_document(arguments.output)) {
    print("\n{}",
          reports::batch_summary(batch, {.colour = colours_output(),
                                         .width = static_cast<std::size_t>(output_width())}));
    print("  Pages    {}\n", index);
  }
  return verdict::exit_code(batch);
}

}  // namespace

void add_merge(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<MergeArguments>();
  CLI::App* command =
      app.add_subcommand("merge", "Put the shards of a campaign together (run --shard)");
  command->add_option("out", arguments->out, "A new folder, for the runs of all shards")
      ->required()
      ->type_name("OUT");
  command->add_option("shards", arguments->shards, "The folders of the shards, as --out named them")
      ->required()
      ->type_name("SHARD");
  add_output_options(*command, arguments->output);
  command->footer(
      "Exit codes: those of run; 3 if a shard or a run is missing; 2 if a shard is\n"
      "there twice, of another campaign, or was run by another version.");
  command->callback([arguments, &exit_code] { exit_code = merge_shards(*arguments); });
}

}  // namespace sipharness::cli
