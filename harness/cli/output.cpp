#include "harness/cli/output.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "reports/report.hpp"

namespace sipharness::cli {
namespace {

/// policy: lists are broken there; everything else is as long as it is.
constexpr int width_of_no_terminal = 100;

[[noreturn]] void refuse_to_overwrite(const std::string& path, const std::string& other) {
  throw InputError(fmt::format("{} would be written over {}: name another file", path, other));
}

/// Each of them even if another cannot be written; `json` gives that one, `batch` what the others
/// are made of.
void write_each(const OutputOptions& options, const auto& json, const auto& batch) {
  std::exception_ptr failed;
  const auto attempt = [&failed](const std::string& path, const auto& text) {
    try {
      if (!path.empty()) write_document(path, text());
    } catch (const SetupError&) {
      failed = std::current_exception();
    }
  };
  attempt(options.json, json);
  attempt(options.junit, [&] { return reports::junit(batch()); });
  attempt(options.markdown, [&] { return reports::markdown(batch()); });
  if (options.github) write_output(reports::github_annotations(batch()));
  if (failed) std::rethrow_exception(failed);
}

bool is_one(const files::Output& document, const files::Output& other) {
  return document.is_same_file(other) ||
         (document.is_standard_output() && other.is_standard_output());
}

}  // namespace

void add_output_options(CLI::App& command, OutputOptions& options) {
  add_document_option(command, "--json", options.json, "Write the result as JSON");
  add_document_option(command, "--junit", options.junit, "Write the results as JUnit XML");
  add_document_option(command, "--markdown", options.markdown,
                      "Write the results as Markdown, for the summary of a CI job,");
  command.add_flag("--github", options.github,
                   "Print the findings as annotations for GitHub Actions");
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
  return std::ranges::any_of(options.documents(),
                             [](const std::string& path) { return prints_document(path); });
}

void print_result(const verdict::Result& result, const OutputOptions& options,
                  const std::string& folder, bool one_of_several) {
  if (prints_document(options)) return;
  const bool passed = verdict::overall(result) == verdict::Verdict::pass;
  const bool is_aside = verdict::is_not_exercised(result);
  write_text(
      reports::console(result, {.colour = colours_output(),
                                .quiet = options.quiet || (one_of_several && (passed || is_aside)),
                                .width = output_width() > 0 ? output_width() : width_of_no_terminal,
                                .one_of_several = one_of_several,
                                .folder = folder}));
  flush_output();
}

void write_results(const verdict::Result& result, const OutputOptions& options) {
  // A batch holds a copy: of 2,000 phones 50 MiB, for documents that may not be asked for.
  write_each(
      options, [&] { return reports::json(result); },
      [&] { return verdict::Batch{.results = {result}}; });
}

void write_results(const verdict::Batch& batch, const OutputOptions& options) {
  write_each(
      options, [&] { return reports::json(batch); },
      [&]() -> const verdict::Batch& { return batch; });
}

void print_row(const verdict::Requirement& row) {
  print("{:<20} {:<8} {:<24} {}\n", row.id, to_string(row.severity), row.clause, row.sentence);
}

}  // namespace sipharness::cli
