#include "harness/cli/workload.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/base/setup_error.hpp"
#include "harness/base/version.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/named_plan.hpp"
#include "harness/cli/scenario_facts.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/stage/run.hpp"

namespace sipharness::cli {
namespace {

namespace fs = std::filesystem;

/// The folders of a workload by the run that was asked for, the newest last.
using OldRuns = std::map<std::string, std::string>;

OldRuns runs_in(const std::string& folder) {
  if (!files::is_folder(folder))
    throw InputError(fmt::format("--resume {}: no such folder", folder));
  if (files::read_file(judge::RunFolder{folder}.meta()))
    throw InputError(fmt::format(
        "--resume {}: found one run; allowed is the folder of all runs, as --out names it",
        folder));
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.is_directory() && !entry.is_symlink()) paths.push_back(entry.path());
  std::ranges::sort(paths);
  OldRuns runs;
  for (const std::string& path : paths)
    if (const auto meta = judge::read_meta(judge::RunFolder{path}.meta()))
      runs[meta->request] = path;
  return runs;
}

/// What an interrupt cut short was not, and what was killed has a journal without its end, or none.
bool was_played(const Expected<judge::Judged>& judged) {
  return judged && !judged->result.interrupted && judged->trace.has_journal() &&
         judged->trace.ended;
}

/// Whether everything that belongs to a run was played.
bool is_whole(const std::string& folder) {
  const auto judged = judge::judge({.capture = folder});
  if (!was_played(judged)) return false;
  const auto& before = judged->result.before;
  if (!before || !before->ok) return true;
  return was_played(judge::judge({.capture = judge::RunFolder{folder}.after()}));
}

std::string request_of(const Task& task, const Workload& workload) {
  stage::RunOptions options = workload.options;
  options.seed = task.seed;
  return stage::request_digest(task.scenario, workload.profile, options);
}

void find_what_ran(Workload& workload) {
  const OldRuns runs = runs_in(workload.arguments.resume);
  for (Task& task : workload.tasks) {
    const auto run = runs.find(request_of(task, workload));
    if (run != runs.end() && is_whole(run->second)) task.folder = run->second;
  }
}

void set_devices(std::vector<scenario::Scenario>& scenarios, unsigned devices) {
  bool is_of_use = false;
  for (scenario::Scenario& scenario : scenarios) {
    if (scenario.devices == 1) continue;
    scenario.devices = devices;
    is_of_use = true;
  }
  if (!is_of_use)
    throw InputError(fmt::format("--devices {}: none of these scenarios has several", devices));
}

std::vector<scenario::Scenario> chosen_scenarios(const RunArguments& arguments) {
  std::vector<scenario::Scenario> scenarios;
  if (!arguments.plan.empty())
    scenarios = scenarios_of_plan(arguments.plan);
  else if (!arguments.scenarios.empty())
    scenarios = read_scenarios(arguments.scenarios, arguments.variant);
  else if (!arguments.tags.empty())
    scenarios = read_scenarios({shipped_scenarios()});
  else
    throw InputError("name a scenario, --plan smoke or --tag TAG; see sipharness list");
  std::erase_if(scenarios, [&](const scenario::Scenario& scenario) {
    return !has_all_tags(scenario, arguments.tags);
  });
  if (scenarios.empty())
    throw InputError(
        fmt::format("no scenario has the tags {}", fmt::join(arguments.tags, " and ")));
  if (arguments.devices > 0) set_devices(scenarios, arguments.devices);
  return scenarios;
}

void find_what_cannot_be_played(Workload& workload) {
  for (Task& task : workload.tasks) {
    try {
      stage::require_playable(task.scenario, workload.profile, workload.options);
    } catch (const SetupError& error) {
      task.why_not = error.what();
      task.is_left_out = workload.arguments.chooses_by_property();
    }
  }
}

/// Leaves the tasks of this shard; all of them stand in its plan.
void keep_shard(Workload& workload) {
  const RunArguments& arguments = workload.arguments;
  const auto shard = campaign::parse_shard_number(arguments.shard);
  if (!shard)
    throw InputError(fmt::format(
        "--shard: found {}; allowed is I/N with I from 1 to N, such as 2/4", arguments.shard));
  if (shard->of > workload.tasks.size())
    throw InputError(fmt::format("--shard {}: there {} {}; allowed is as many shards at most",
                                 arguments.shard, workload.tasks.size() == 1 ? "is" : "are",
                                 counted(workload.tasks.size(), "run")));
  std::vector<Duration> lengths;
  for (const Task& task : workload.tasks)
    lengths.push_back(task.why_not.empty() ? task.length : Duration::zero());
  const std::vector<unsigned> shard_of = campaign::balanced(lengths, shard->of);
  workload.shard = campaign::Shard{.harness = std::string(version()),
                                   .shard = *shard,
                                   .strict = arguments.strict,
                                   .only = arguments.only};
  std::vector<Task> own;
  for (std::size_t index = 0; index < workload.tasks.size(); ++index) {
    Task& task = workload.tasks[index];
    workload.shard->plan.push_back({task.title(), request_of(task, workload), shard_of[index]});
    if (shard_of[index] == shard->number) own.push_back(std::move(task));
  }
  workload.tasks = std::move(own);
}

}  // namespace

std::string Task::title() const {
  return is_one_of_several ? fmt::format("{} (seed {})", scenario.full_name(), seed)
                           : scenario.full_name();
}

Workload prepare_workload(const RunArguments& arguments) {
  Workload workload{arguments,
                    with_account(read_profile(chosen_profile(arguments)), arguments.lab),
                    run_options(arguments),
                    {}};
  for (scenario::Scenario& scenario : chosen_scenarios(arguments)) {
    const Duration length = stage::real_time_needed(scenario, workload.profile, workload.options);
    for (unsigned count = 0; count < arguments.repeat; ++count)
      workload.tasks.push_back({.scenario = scenario,
                                .seed = arguments.seed + count,
                                .length = length,
                                .is_one_of_several = arguments.repeat > 1});
  }
  find_what_cannot_be_played(workload);
  if (!arguments.shard.empty()) keep_shard(workload);
  if (!arguments.resume.empty()) find_what_ran(workload);
  if (!arguments.baseline.empty()) {
    const std::string text = value_or_reject(files::read_file(arguments.baseline));
    workload.baseline = value_or_reject(campaign::parse_baseline(text, arguments.baseline));
  }
  return workload;
}

Duration time_needed(const std::vector<Task>& tasks, std::size_t first, unsigned jobs) {
  std::vector<Duration> busy_until(jobs);
  for (std::size_t index = first; index < tasks.size(); ++index)
    if (tasks[index].has_to_run()) *std::ranges::min_element(busy_until) += tasks[index].length;
  return std::ranges::max(busy_until);
}

std::string forecast(Duration length) {
  if (length < 1min) {
    const auto tenths = std::chrono::round<std::chrono::milliseconds>(length) / 100ms;
    return fmt::format("{:g}s", static_cast<double>(tenths) / 10);
  }
  const auto seconds = std::chrono::round<std::chrono::seconds>(length).count();
  if (seconds < 3600) return fmt::format("{}min {}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {}min", seconds / 3600, seconds % 3600 / 60);
}

void print_workload(const Workload& workload) {
  std::size_t playable = 0;
  for (const Task& task : workload.tasks) {
    const std::string name = printable(task.title());
    if (task.has_to_run()) {
      ++playable;
      print("{:>9}  {:<44} {}\n", forecast(task.length), name, needs_text(task.scenario));
    } else {
      print("{:>9}  {:<44} {}\n", "-", name,
            task.why_not.empty() ? "ran already: " + printable(task.folder)
                                 : "cannot be played: " + printable(task.why_not));
    }
  }
  const Duration all = time_needed(workload.tasks, 0, workload.arguments.jobs);
  print("\n{} of {} runs, {} in real time", playable, workload.tasks.size(), forecast(all));
  if (workload.arguments.jobs > 1) print(" with --jobs {}", workload.arguments.jobs);
  if (!workload.arguments.is_real_time()) print("; in virtual time, as here, seconds");
  print("\n");
}

}  // namespace sipharness::cli
