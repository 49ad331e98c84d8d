#pragma once
// The options of `run` as they were typed, and what they come to.

#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/cli/lab_options.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/phone_options.hpp"
#include "harness/cli/web_options.hpp"
#include "harness/stage/options.hpp"

namespace sipharness::cli {

struct RunArguments {
  std::vector<std::string> scenarios;
  std::string baseline;           ///< file; empty: none
  std::string plan;               ///< name or file; empty: none
  std::vector<std::string> tags;  ///< empty: scenarios of any
  std::string variant;            ///< empty: every variant
  std::string device = "reference";
  std::string phone_address;
  PhoneArguments phone;
  std::string profile;  ///< empty: that of the device
  std::string wait;     ///< empty: by the kind of device
  std::string prompt_timeout = "60s";
  LabOptions lab;
  WebOptions web;
  std::string clock = "auto";
  std::string capture = "auto";
  std::string out;     ///< empty: runs
  std::string shard;   ///< "2/4"; empty: all runs
  std::string resume;  ///< a folder of runs to go on with; empty: none
  std::vector<std::string> only;
  std::vector<std::string> deviations;
  std::uint64_t seed = 1;
  unsigned jobs = 1;
  unsigned repeat = 1;
  unsigned devices = 0;  ///< of scenarios with several; 0: as each says
  bool strict = false;
  bool fail_fast = false;
  bool dry_run = false;
  bool no_control_runs = false;
  OutputOptions output;

  /// Whether time passes as it does: it does not where every party is ours.
  bool is_real_time() const;
  /// Not by name: what the device cannot play was not asked for then.
  bool chooses_by_property() const { return !plan.empty() || !tags.empty(); }
  std::string runs_folder() const {
    if (!resume.empty()) return resume;
    return out.empty() ? "runs" : out;
  }
};

void add_run_options(CLI::App& command, RunArguments& arguments);

/// Refuses what makes no sense, and every option that would do nothing beside the others. Throws
/// InputError.
void check_run_options(const CLI::App& command, const RunArguments& arguments);

/// Name or file.
std::string chosen_profile(const RunArguments& arguments);

/// What is the same for every run; its folder and its seed are not.
stage::RunOptions run_options(const RunArguments& arguments);

}  // namespace sipharness::cli
