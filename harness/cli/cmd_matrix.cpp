// sipharness matrix: scenario by firmware and requirement by firmware, of many runs.

#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "harness/campaign/matrix.hpp"
#include "harness/campaign/results.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/page.hpp"
#include "reports/matrix.hpp"

namespace sipharness::cli {
namespace {

struct MatrixArguments {
  std::vector<std::string> results, labels;
  std::string html, markdown;
};

campaign::Matrix read_matrix(const MatrixArguments& arguments) {
  campaign::MatrixBuilder matrix;
  for (std::size_t index = 0; index < arguments.results.size(); ++index) {
    const std::string label = arguments.labels.empty() ? "" : arguments.labels[index];
    const auto files = value_or_reject(campaign::result_files(arguments.results[index]));
    for (const std::string& file : files) {
      const campaign::Results read = value_or_reject(campaign::read_results(file));
      const bool is_one = read.batch.results.size() == 1;
      const std::string folder = std::filesystem::path(file).parent_path();
      const std::string page = is_one ? page_seen_from(arguments.html, folder) : std::string();
      for (const verdict::Result& result : read.batch.results) matrix.add(result, label, page);
    }
  }
  return std::move(matrix).build();
}

int write_matrix(const MatrixArguments& arguments) {
  if (!arguments.labels.empty() && arguments.labels.size() != arguments.results.size())
    throw InputError(fmt::format("--label: found {} for {} RESULTs; allowed is one for each",
                                 arguments.labels.size(), arguments.results.size()));
  try_documents({arguments.html, arguments.markdown}, arguments.results);
  const campaign::Matrix matrix = read_matrix(arguments);
  if (!prints_document(arguments.html) && !prints_document(arguments.markdown))
    write_output(reports::console(matrix));
  if (!arguments.html.empty()) write_document(arguments.html, reports::matrix_page(matrix));
  if (!arguments.markdown.empty()) write_document(arguments.markdown, reports::markdown(matrix));
  return passed;
}

}  // namespace

void add_matrix(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<MatrixArguments>();
  CLI::App* command = app.add_subcommand(
      "matrix", "Show many runs as tables: scenario by firmware, requirement by firmware");
  command
      ->add_option("results", arguments->results,
                   "Result files, run folders, or folders of batches (--out)")
      ->required()
      ->type_name("RESULT");
  command
      ->add_option("--label", arguments->labels,
                   "Name of the firmware of a RESULT, once for each in their order (default: its "
                   "User-Agent)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  add_document_option(*command, "--html", arguments->html,
                      "Write the tables as one page, with links to the page of each run,");
  add_document_option(*command, "--markdown", arguments->markdown, "Write them as Markdown");
  command->footer("It judges nothing: the exit code is 0 whatever the runs came to.");
  command->callback([arguments, &exit_code] { exit_code = write_matrix(*arguments); });
}

}  // namespace sipharness::cli
