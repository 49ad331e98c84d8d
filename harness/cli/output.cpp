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
constexpr std::size_t width_of_no_terminal = 100;

[[noreturn]] void refuse_to_overwrite(const std::string& path, const std::string& other) {
  throw InputError(fmt::format("{} would be written over {}: name another file", path, other));
}

/// Each of them even if another cannot be written.
void write_each(const std::vector<Document>& documents) {
  std::exception_ptr failed;
  for (const Document& document : documents) {
    try {
      if (!document.path.empty()) write_document(document.path, document.text());
    } catch (const SetupError&) {
      failed = std::current_exception();
    }
  }
  if (failed) std::rethrow_exception(failed);
}

/// `batch` makes it only for a document that is asked for: of 2,000 phones it is 50 MiB.
void write_all(const OutputOptions& options, const auto& batch, std::vector<Document> documents) {
  documents.push_back({options.junit, [&] { return reports::junit(batch()); }});
  documents.push_back({options.markdown, [&] { return reports::markdown(batch()); }});
  if (options.github) write_output(reports::github_annotations(batch()));
  write_each(documents);
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
  CLI::Option* quiet = command.add_flag("--quiet", options.quiet, "Print the verdict lines only");
  command
      .add_flag("--verbose", options.verbose,
                "Print what passed and what was not exercised too, of each run")
      ->excludes(quiet);
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

void try_outputs(const OutputOptions& options, const std::vector<std::string>& inputs) {
  if (options.github && prints_document(options))
    throw InputError(
        "--github: its lines and a document (-) would stand in one output: name a file "
        "for the document");
  try_documents(options.documents(), inputs);
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

std::size_t page_width() {
  return output_width() > 0 ? static_cast<std::size_t>(output_width()) : width_of_no_terminal;
}

void print_result(const verdict::Result& result, const OutputOptions& options,
                  const std::string& folder, bool one_of_several) {
  if (prints_document(options)) return;
  const bool passed = verdict::overall(result) == verdict::Verdict::pass;
  const bool is_aside = verdict::is_not_exercised(result);
  const bool is_brief = one_of_several && !options.verbose && (passed || is_aside);
  write_text(reports::console(result, {.colour = colours_output(),
                                       .quiet = options.quiet || is_brief,
                                       .verbose = options.verbose,
                                       .width = static_cast<int>(page_width()),
                                       .one_of_several = one_of_several,
                                       .folder = folder}));
  flush_output();
}

void write_results(const verdict::Result& result, const OutputOptions& options,
                   const std::vector<Document>& more) {
  std::vector<Document> documents = more;
  documents.push_back({options.json, [&] { return reports::json(result); }});
  write_all(
      options, [&] { return verdict::Batch{.results = {result}}; }, std::move(documents));
}

void write_results(const verdict::Batch& batch, const OutputOptions& options,
                   const std::vector<Document>& more) {
  std::vector<Document> documents = more;
  documents.push_back({options.json, [&] { return reports::json(batch); }});
  write_all(
      options, [&]() -> const verdict::Batch& { return batch; }, std::move(documents));
}

void print_row(const verdict::Requirement& row) {
  print("{:<20} {:<8} {:<24} {}\n", row.id, to_string(row.severity), row.clause, row.sentence);
}

}  // namespace sipharness::cli
