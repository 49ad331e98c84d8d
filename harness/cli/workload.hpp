#pragma once
// The runs that one command asks for: what they are, and how long they take.

#include <optional>
#include <string>
#include <vector>

#include "harness/campaign/baseline.hpp"
#include "harness/campaign/shard.hpp"
#include "harness/cli/run_arguments.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::cli {

/// One scenario to run.
struct Task {
  scenario::Scenario scenario;
  std::uint64_t seed = 1;
  std::string why_not{};     ///< it cannot be played with this device; empty: it can
  bool is_left_out = false;  ///< and nobody named it: a plan or a tag did
  std::string folder{};      ///< it ran to its end there before; empty: it has to run
  Duration length{};         ///< in real time

  bool is_one_of_several = false;  ///< of the same scenario

  /// The scenario's name, with the seed where that is what tells it from others.
  std::string title() const;
  bool has_to_run() const { return why_not.empty() && folder.empty(); }
};

/// Everything that is needed to play, read and checked.
struct Workload {
  RunArguments arguments;
  scenario::Profile profile;
  stage::RunOptions options;
  std::vector<Task> tasks;
  std::optional<campaign::Shard> shard{};        ///< the tasks are those of this one
  std::optional<campaign::Baseline> baseline{};  ///< failures that are accepted
};

/// Reads and checks all of it, before anything runs. Throws InputError.
Workload prepare_workload(const RunArguments& arguments);

/// How long `tasks` from `first` on take in real time, so many side by side.
Duration time_needed(const std::vector<Task>& tasks, std::size_t first, unsigned jobs);

/// "12min 30s", "9.3s": as exact as a forecast can be.
std::string forecast(Duration length);

/// What would run, how long it takes, and what the device must be able to do.
void print_workload(const Workload& workload);

}  // namespace sipharness::cli
