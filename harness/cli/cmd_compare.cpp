// sipharness compare: what is other in a second set of runs.

#include <memory>

#include "harness/campaign/compare.hpp"
#include "harness/campaign/results.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "reports/comparison.hpp"

namespace sipharness::cli {
namespace {

struct CompareArguments {
  std::string before, after, json, markdown, html;
  bool quiet = false;
};

int exit_code_of(verdict::Verdict verdict) {
  if (verdict == verdict::Verdict::fail) return failed;
  return verdict == verdict::Verdict::inconclusive ? inconclusive : passed;
}

int compare_results(const CompareArguments& arguments) {
  try_documents({arguments.json, arguments.markdown, arguments.html},
                {arguments.before, arguments.after});
  const campaign::Results before = value_or_reject(campaign::read_results(arguments.before));
  const campaign::Results after = value_or_reject(campaign::read_results(arguments.after));
  const campaign::Comparison found = campaign::compare(before.batch, after.batch);
  if (!prints_document(arguments.json) && !prints_document(arguments.markdown) &&
      !prints_document(arguments.html))
    write_output(reports::console(
        found, {.colour = colours_output(), .width = page_width(), .quiet = arguments.quiet}));
  if (!arguments.json.empty()) write_document(arguments.json, reports::json(found));
  if (!arguments.markdown.empty()) write_document(arguments.markdown, reports::markdown(found));
  if (!arguments.html.empty()) write_document(arguments.html, reports::comparison_page(found));
  return exit_code_of(overall(found));
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<CompareArguments>();
  CLI::App* command =
      app.add_subcommand("compare", "Tell what is other in a second set of runs than in a first");
  const std::string what = "A result file, a run folder, or the folder of a batch (--out)";
  command->add_option("before", arguments->before, what)->required()->type_name("BEFORE");
  command->add_option("after", arguments->after, what)->required()->type_name("AFTER");
  add_document_option(*command, "--json", arguments->json, "Write the comparison as JSON");
  add_document_option(*command, "--markdown", arguments->markdown,
                      "Write it as Markdown, for the summary of a CI job");
  add_document_option(*command, "--html", arguments->html, "Write it as a page");
  command->add_flag("--quiet", arguments->quiet, "Print the first line only");
  command->footer(
      "Exit codes: 0 nothing got worse; 1 something newly fails;\n"
      "3 what was judged before cannot be told now.");
  command->callback([arguments, &exit_code] { exit_code = compare_results(*arguments); });
}

}  // namespace sipharness::cli
