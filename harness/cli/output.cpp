#include "harness/cli/output.hpp"

#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/host/terminal.hpp"
#include "reports/report.hpp"

namespace sipharness::cli {
namespace {

/// One result is one document; several are a list of them.
std::string json_of(const std::vector<verdict::Result>& results) {
  return results.size() == 1 ? reports::json(results.front()) : reports::json_list(results);
}

[[noreturn]] void refuse_to_overwrite(const std::string& path, const std::string& other) {
  throw InputError(fmt::format("{} would be written over {}: name another file", path, other));
}

bool is_one(const files::Output& document, const files::Output& other) {
  return document.is_same_file(other) ||
         (document.is_standard_output() && other.is_standard_output());
}

}  // namespace

void add_output_options(CLI::App& command, OutputOptions& options) {
  add_document_option(command, "--json", options.json, "Write the result as JSON");
  add_document_option(command, "--junit", options.junit, "Write the results as JUnit XML");
  command.add_flag("--quiet", options.quiet, "Print the verdict lines only");
}

void add_document_option(CLI::App& command, const std::string& name, std::string& path,
                         const std::string& what) {
  command.add_option(name, path, what + " to FILE (- for the terminal)")->type_name("FILE");
}

void try_documents(const std::vector<std::string>& documents,
                   const std::vector<std::string>& inputs) {
  std::vector<std::string> before;
  for (const std::string& path : documents) {
    if (path.empty()) continue;
    const files::Output document(path);
    for (const std::string& input : inputs)
      if (document.would_replace(input)) refuse_to_overwrite(path, input);
    for (const std::string& other : before)
      if (is_one(document, files::Output(other))) refuse_to_overwrite(path, other);
    document.try_out();
    before.push_back(path);
  }
}

void write_document(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  const files::Output document(path);
  if (document.is_standard_output())
    write_output(text);
  else
    document.write(text, true);
}

bool prints_document(const std::string& path) {
  return !path.empty() && files::Output(path).is_standard_output();
}

bool prints_document(const OutputOptions& options) {
  return prints_document(options.json) || prints_document(options.junit);
}

void print_result(const verdict::Result& result, const OutputOptions& options,
                  const std::string& folder, bool one_of_several) {
  if (prints_document(options)) return;
  const bool passed = verdict::overall(result) == verdict::Verdict::pass;
  const bool is_aside = verdict::is_not_exercised(result);
  write_output(
      reports::console(result, {.colour = host::is_terminal(stdout),
                                .quiet = options.quiet || (one_of_several && (passed || is_aside)),
                                .width = host::terminal_width(),
                                .one_of_several = one_of_several,
                                .folder = folder}));
  flush_output();
}

void write_results(const std::vector<verdict::Result>& results, const OutputOptions& options) {
  std::exception_ptr failed;
  const auto attempt = [&failed](const auto& write) {
    try {
      write();
    } catch (const SetupError&) {
      failed = std::current_exception();
    }
  };
  attempt([&] {
    if (!options.json.empty()) write_document(options.json, json_of(results));
  });
  attempt([&] {
    if (!options.junit.empty()) write_document(options.junit, reports::junit(results));
  });
  if (failed) std::rethrow_exception(failed);
}

void print_row(const verdict::Requirement& row) {
  print("{:<20} {:<8} {:<24} {}\n", row.id, to_string(row.severity), row.clause, row.sentence);
}

}  // namespace sipharness::cli
