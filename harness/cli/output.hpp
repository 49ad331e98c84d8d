#pragma once
// Where reports go: the terminal, result files, and the documents that are asked for.

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/files/output.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::cli {

struct OutputOptions {
  std::string json;       ///< file or "-"; empty: none
  std::string junit;      ///< the same
  std::string markdown;   ///< the same
  std::string html;       ///< the same, of `check` alone
  std::string annotated;  ///< the same, of `check` alone
  bool github = false;    ///< workflow commands on standard output
  bool quiet = false;
  bool verbose = false;

  std::vector<std::string> documents() const { return {json, junit, markdown, html, annotated}; }
};

/// Adds --json, --junit, --markdown, --github, --quiet, --verbose to a subcommand.
void add_output_options(CLI::App& command, OutputOptions& options);

/// Adds an option that names a file for a document.
void add_document_option(CLI::App& command, const std::string& name, std::string& path,
                         const std::string& what);

/// Before anything else is done: throws InputError if two documents would be one file or one would
/// replace an input, SetupError if one cannot be written.
void try_documents(const std::vector<std::string>& documents,
                   const std::vector<std::string>& inputs);
/// The same of all that the options name; also if --github would stand where a document does.
void try_outputs(const OutputOptions& options, const std::vector<std::string>& inputs);

/// Throws SetupError.
void write_document(const std::string& path, const std::string& text);

/// Whether a document goes to standard output, where nothing else may stand then.
bool prints_document(const std::string& path);
bool prints_document(const OutputOptions& options);

/// Columns of what is printed: the terminal's, or enough where there is none.
std::size_t page_width();

/// Prints one result: in full, or one line when it is one of several that passed.
void print_result(const verdict::Result& result, const OutputOptions& options,
                  const std::string& folder, bool one_of_several);

/// Writes the documents, each of them even if another cannot be written. A result is written
/// as in its run folder, a batch as sipharness-results/1, be it of one or of many.
/// `more` are written besides.
struct Document {
  std::string path;
  std::function<std::string()> text;
};
void write_results(const verdict::Result& result, const OutputOptions& options,
                   const std::vector<Document>& more = {});
void write_results(const verdict::Batch& batch, const OutputOptions& options,
                   const std::vector<Document>& more = {});

/// A requirement on one line.
void print_row(const verdict::Requirement& row);

}  // namespace sipharness::cli
