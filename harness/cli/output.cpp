#include "harness/cli/output.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "harness/files/files.hpp"
#include "harness/host/terminal.hpp"
#include "reports/report.hpp"

namespace sipharness::cli {

void add_output_options(CLI::App& command, OutputOptions& options) {
  command
      .add_option("--json", options.json, "Write the result as JSON to FILE (- for the terminal)")
      ->type_name("FILE");
  command.add_option("--junit", options.junit, "Write the results as JUnit XML to FILE")
      ->type_name("FILE");
  command.add_flag("--quiet", options.quiet, "Print the verdict lines only");
}

void print_result(const verdict::Result& result, const OutputOptions& options,
                  const std::string& folder, bool one_of_several) {
  if (options.json == "-") return;
  const bool passed = verdict::overall(result) == verdict::Verdict::pass;
  const bool is_aside = verdict::is_not_exercised(result);
  const std::string text =
      reports::console(result, {.colour = host::is_terminal(stdout),
                                .quiet = options.quiet || (one_of_several && (passed || is_aside)),
                                .width = host::terminal_width(),
                                .one_of_several = one_of_several,
                                .folder = folder});
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void write_results(const std::vector<verdict::Result>& results, const OutputOptions& options) {
  // One result is one document; several are a list of them.
  const auto json = [&] {
    return results.size() == 1 ? reports::json(results.front()) : reports::json_list(results);
  };
  if (options.json == "-")
    std::fputs(json().c_str(), stdout);
  else if (!options.json.empty())
    files::write_file(options.json, json());
  if (!options.junit.empty()) files::write_file(options.junit, reports::junit(results));
}

void print_row(const verdict::Requirement& row) {
  fmt::print("{:<20} {:<8} {:<24} {}\n", row.id, to_string(row.severity), row.clause, row.sentence);
}

}  // namespace sipharness::cli
