#pragma once
// Where reports go: the terminal, result files, --json and --junit.

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/verdict/result.hpp"

namespace sipharness::cli {

struct OutputOptions {
  std::string json;   ///< file or "-"; empty: none
  std::string junit;  ///< file; empty: none
  bool quiet = false;
};

/// Adds --json, --junit, --quiet to a subcommand.
void add_output_options(CLI::App& command, OutputOptions& options);

/// Prints one result: in full, or one line when it is one of several that passed.
void print_result(const verdict::Result& result, const OutputOptions& options,
                  const std::string& folder, bool one_of_several);

/// Writes --json and --junit over all results.
void write_results(const std::vector<verdict::Result>& results, const OutputOptions& options);

/// A requirement on one line.
void print_row(const verdict::Requirement& row);

}  // namespace sipharness::cli
