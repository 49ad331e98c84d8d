#pragma once
// The options of commands that read a capture or a run folder: `check` and `inspect`.

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/judge/judge.hpp"

namespace sipharness::cli {

struct CaptureOptions {
  std::vector<std::string> what;  ///< a run folder, or captures that belong together
  std::string scenario, profile, journal, vantage, primary, secondary;

  bool is_run_folder() const;
};

void add_capture_options(CLI::App& command, CaptureOptions& options);

/// Throws InputError where they make no sense.
judge::JudgeRequest request_of(const CaptureOptions& options);

/// The files that are read.
std::vector<std::string> inputs_of(const CaptureOptions& options);

}  // namespace sipharness::cli
