// sipharness check: judge a run folder or a capture that somebody took.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "harness/cli/capture_options.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/page.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/story/story.hpp"
#include "reports/annotated_capture.hpp"
#include "reports/index_page.hpp"
#include "reports/ladder.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"

namespace sipharness::cli {
namespace {

struct CheckArguments {
  CaptureOptions capture;
  std::vector<std::string> only;
  unsigned jobs = 0;
  bool strict = false;
  bool so_far = false;
  bool ladder = false;
  OutputOptions output;
};

/// Who is who in a capture that somebody took: all that is said of it rests on that.
void print_head(const trace::Trace& trace, const CheckArguments& arguments) {
  const bool is_wanted = !arguments.output.quiet && !prints_document(arguments.output);
  if (!is_wanted || arguments.capture.is_run_folder()) return;
  print("{}\n", reports::story_head(
                    story::overview_of(trace),
                    {.file = judge::name_of(arguments.capture.what), .width = page_width()}));
}

judge::Judged judge_capture(const CheckArguments& arguments) {
  judge::JudgeRequest request = request_of(arguments.capture);
  request.only = requirements_named(arguments.only);
  request.jobs = arguments.jobs;
  request.strict = arguments.strict;
  const auto judge = arguments.so_far ? judge::judge_so_far : judge::judge;
  return value_or_reject(judge(request));
}

/// Several run folders are judged one after the other, one that is named twice (runs/latest) once;
/// their page is the index of all.
int check_runs(const CheckArguments& arguments) {
  const CaptureOptions& all = arguments.capture;
  if (!all.scenario.empty() || !all.journal.empty() || !arguments.output.annotated.empty() ||
      arguments.ladder)
    throw InputError(
        "--scenario, --journal, --annotate and --ladder are of one run: name one run folder");
  try_outputs(arguments.output, inputs_of(all));
  verdict::Batch batch;
  std::vector<std::string> pages;
  std::set<std::filesystem::path> known;
  for (const std::string& folder : all.what) {
    if (!known.insert(std::filesystem::canonical(folder)).second) continue;
    CheckArguments one = arguments;
    one.capture.what = {folder};
    batch.results.push_back(judge_capture(one).result);
    pages.push_back(page_seen_from(arguments.output.html, folder));
    print_result(batch.results.back(), arguments.output, {}, true);
  }
  write_results(batch, arguments.output,
                {{arguments.output.html, [&] { return reports::index_page(batch, pages); }}});
  if (!prints_document(arguments.output))
    print("\n{}",
          reports::batch_summary(batch, {.colour = colours_output(),
                                         .width = static_cast<std::size_t>(output_width())}));
  return verdict::exit_code(batch);
}

int check(const CheckArguments& arguments) {
  const std::vector<std::string>& what = arguments.capture.what;
  if (what.size() > 1 && std::ranges::all_of(what, files::is_folder)) return check_runs(arguments);
  try_outputs(arguments.output, inputs_of(arguments.capture));
  const judge::Judged judged = judge_capture(arguments);
  print_head(judged.trace, arguments);
  if (arguments.ladder && !prints_document(arguments.output))
    print("{}\n", reports::text_ladder(reports::ladder_of(judged.trace), page_width()));
  print_result(judged.result, arguments.output, {}, false);
  const auto annotated = [&] {
    return value_or_reject(reports::annotated_capture(judged.result, judged.trace));
  };
  write_results(judged.result, arguments.output,
                {{arguments.output.html, [&] { return page_of(judged, arguments.so_far); }},
                 {arguments.output.annotated, annotated}});
  return verdict::exit_code(judged.result);
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command =
      app.add_subcommand("check", "Judge a run folder, several of them, or a capture");
  add_capture_options(*command, arguments->capture);
  command
      ->add_option("--only", arguments->only, "Judge these only: GRP-CALL-03, GRP-REG, rfc3261/17")
      ->type_name("ID");
  command
      ->add_option("--jobs", arguments->jobs,
                   "Phones judged side by side (default 0: one for each core)")
      ->type_name("N")
      ->check(whole_number(0, 64));
  command->add_flag("--strict", arguments->strict, "Warnings count as failures");
  command->add_flag("--so-far", arguments->so_far,
                    "The run has not ended yet: what may still come is not judged");
  command->add_flag("--ladder", arguments->ladder, "Print the ladder of messages");
  add_document_option(*command, "--html", arguments->output.html,
                      "Write the report as a page, of several run folders their index,");
  add_document_option(*command, "--annotate", arguments->output.annotated,
                      "Write the capture with the findings as comments on its frames (pcapng)");
  add_output_options(*command, arguments->output);
  command->callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace sipharness::cli
