#include "harness/cli/player.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/campaign/baseline.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/page.hpp"
#include "harness/cli/partial_judge.hpp"
#include "harness/cli/progress.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/cli/shortage.hpp"
#include "harness/files/files.hpp"
#include "harness/host/process/home_guard.hpp"
#include "harness/host/process/signals.hpp"
#include "harness/host/process/workers.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/stage/run.hpp"
#include "reports/baseline.hpp"
#include "reports/index_page.hpp"
#include "reports/report.hpp"
#include "reports/shard.hpp"

namespace sipharness::cli {
namespace {

/// A signal of this number less ended a worker.
constexpr int killed = 128;

constexpr std::string_view could_not_be_staged =
    "could not be staged; the reason was printed when it was tried";

std::string folder_name(const scenario::Scenario& scenario) {
  return scenario.variant.empty() ? scenario.name
                                  : fmt::format("{}-{}", scenario.name, scenario.variant);
}

class Player {
 public:
  explicit Player(const Workload& workload)
      : workload_(workload),
        arguments_(workload.arguments),
        tasks_(workload.tasks),
        folders_(tasks_.size()),
        why_not_(tasks_.size()),
        results_(tasks_.size()) {}

  int play() {
    page_ = open_web_page(arguments_.web, arguments_.runs_folder());
    tell_what_is_to_come();
    if (arguments_.jobs > 1 && tasks_.size() > 1)
      play_side_by_side();
    else
      play_in_turn();
    if (page_) page_->enter("ended");
    leave_shard();
    const verdict::Batch batch = collect();
    const bool has_index = tasks_.size() > 1 && !batch.results.empty();
    const std::string index = has_index ? arguments_.runs_folder() + "/index.html" : std::string();
    write_results(batch, arguments_.output,
                  {{index, [&] { return reports::index_page(batch, pages_); }}});
    if (tasks_.size() > 1) print_summary(batch, index);
    return workload_.baseline ? hold_against_baseline(batch) : verdict::exit_code(batch);
  }

 private:
  bool tells_time() const { return arguments_.is_real_time() && !arguments_.output.quiet; }
  bool may_go_on() const { return !host::is_interrupted() && !is_ended_early_; }
  std::string time_left(std::size_t first) const {
    return forecast(time_needed(tasks_, first, arguments_.jobs));
  }

  void tell_what_is_to_come() const {
    for (const Task& task : tasks_)
      if (!task.why_not.empty() && !task.is_left_out)
        tell(fmt::format("sipharness: {}: {}", task.scenario.full_name(), task.why_not));
    const auto to_run = std::ranges::count_if(tasks_, &Task::has_to_run);
    const auto ran = std::ranges::count_if(tasks_, [](const Task& t) { return !t.folder.empty(); });
    if (ran > 0) tell(fmt::format("sipharness: {} of {} runs ended before", ran, tasks_.size()));
    if (tells_time() && tasks_.size() > 1)
      tell(fmt::format("sipharness: {} runs in real time, {}", to_run, time_left(0)));
  }

  // --- One after the other -----------------------------------------------------------------------

  void play_in_turn() {
    for (std::size_t index = 0; index < tasks_.size() && may_go_on(); ++index) {
      if (!tasks_[index].why_not.empty()) continue;
      if (tasks_[index].has_to_run() && !stage_and_show(index)) continue;
      judge(index);
    }
  }

  bool stage_and_show(std::size_t index) {
    if (!make_folder(index)) return false;
    stage::RunOptions options = options_for(index);
    Progress progress(progress_title(index), time_needed(tasks_, index + 1, 1));
    const auto so_far = judge_meanwhile(index, options);
    options.on_progress = [&](const auto& now) {
      if (!arguments_.output.quiet) progress.show(now, so_far->verdict());
      if (page_) page_->show(now.now, now.duration, now.awaiting);
    };
    if (page_) show_on_page(index, options);
    const bool staged = stage(index, options);
    if (page_) page_->enter("judging");
    take_back_drawn();
    if (!staged) why_not_[index] = could_not_be_staged;
    return staged;
  }

  void show_on_page(std::size_t index, stage::RunOptions& options) {
    page_->begin(progress_title(index), folders_[index]);
    options.desk = page_->desk();
    options.unrecorded = page_->endpoints();
  }

  std::string progress_title(std::size_t index) const {
    const std::string name = tasks_[index].title();
    return tasks_.size() == 1 ? name : fmt::format("{}/{} {}", index + 1, tasks_.size(), name);
  }

  // --- Side by side ------------------------------------------------------------------------------

  void play_side_by_side() {
    host::Workers workers;
    std::size_t next = 0;
    while (next < tasks_.size() || workers.running() > 0) {
      if (next < tasks_.size() && may_go_on() && workers.running() < arguments_.jobs) {
        start(workers, next++);
        continue;
      }
      const auto finished = workers.wait();
      if (!finished) break;
      on_finished(finished->id, finished->exit_code);
      if (tells_time() && next < tasks_.size() && may_go_on())
        tell(fmt::format("sipharness: {} of {} runs started, {} left", next, tasks_.size(),
                         time_left(next)));
    }
  }

  void start(host::Workers& workers, std::size_t index) {
    if (!tasks_[index].why_not.empty()) return;
    if (!tasks_[index].has_to_run()) return judge(index);
    if (make_folder(index)) workers.start(index, [this, index] { return stage_in_child(index); });
  }

  void on_finished(std::size_t index, int code) {
    if (code == passed)
      judge(index);
    else if (code > killed)
      give_up(index, fmt::format("signal {} ended its process", code - killed));
    else
      why_not_[index] = could_not_be_staged;
  }

  int stage_in_child(std::size_t index) {
    try {
      stage::RunOptions options = options_for(index);
      options.slot = static_cast<unsigned>(index);
      judge_meanwhile(index, options);
      return stage(index, options) ? passed : cannot_run;
    } catch (const std::exception& error) {
      tell(fmt::format("sipharness: {}: {}", tasks_[index].scenario.name, words_of(error)));
      return cannot_run;
    }
  }

  // --- One run -----------------------------------------------------------------------------------

  bool make_folder(std::size_t index) {
    try {
      folders_[index] =
          files::make_run_folder(arguments_.runs_folder(), folder_name(tasks_[index].scenario));
      return true;
    } catch (const SetupError& error) {
      give_up(index, error.what());
      return false;
    }
  }

  stage::RunOptions options_for(std::size_t index) const {
    const Task& task = tasks_[index];
    stage::RunOptions options = workload_.options;
    options.tell = [name = task.scenario.name](const std::string& text) {
      cli::tell(fmt::format("sipharness: {}: {}", name, text));
    };
    options.folder = folders_[index];
    options.seed = task.seed;
    options.interrupted = [] { return host::is_interrupted(); };
    return options;
  }

  std::shared_ptr<const PartialJudge> judge_meanwhile(std::size_t index,
                                                      stage::RunOptions& options) const {
    if (page_) options.partial_period = page_period;
    const auto judge =
        std::make_shared<PartialJudge>(judge::RunFolder{folders_[index]}, options.partial_period);
    options.on_partial = [judge] { judge->judge(); };
    return judge;
  }

  /// A scenario that cannot be run here, or with this device, does not keep others from their turn.
  bool stage(std::size_t index, const stage::RunOptions& options) const {
    try {
      stage::run(tasks_[index].scenario, workload_.profile, options);
      return true;
    } catch (const SetupError& error) {
      tell(fmt::format("sipharness: {}: {}", tasks_[index].scenario.full_name(), error.what()));
      judge::remove_unplayed(judge::RunFolder{options.folder});
      return false;
    }
  }

  /// A result that finds no room in its folder is still one of the results.
  void judge(std::size_t index) {
    const std::string folder = folder_of(index);
    judge::JudgeRequest request;
    request.capture = folder;
    request.only = requirements_named(arguments_.only);
    request.strict = arguments_.strict;
    auto judged = judge::judge(request);
    if (!judged) return give_up(index, "cannot read the run again: " + judged.error().text());
    try {
      const judge::RunFolder run{folder};
      files::write_file(run.result(), reports::json(judged->result));
      files::write_file(run.page(), page_of(*judged));
    } catch (const SetupError& error) {
      give_up(index, error.what());
    }
    print_result(judged->result, arguments_.output, folder, tasks_.size() > 1);
    is_ended_early_ |= arguments_.fail_fast && outcome_of({{judged->result}}).exit_code == failed;
    results_[index] = std::move(judged->result);
  }

  void give_up(std::size_t index, const std::string& why) {
    tell(fmt::format("sipharness: {}: {}", tasks_[index].scenario.full_name(), why));
    why_not_[index] = why;
  }

  // --- All of them -------------------------------------------------------------------------------

  /// What became of the runs of this shard, for `merge`.
  void leave_shard() const {
    if (!workload_.shard) return;
    campaign::Shard shard = *workload_.shard;
    for (std::size_t index = 0; index < tasks_.size(); ++index) {
      const bool is_judged = results_[index].has_value();
      campaign::Shard::Run run;
      if (is_judged) run.folder = files::file_name(folder_of(index));
      if (!is_judged || !why_not_[index].empty()) run.not_run = not_run(index);
      shard.runs.push_back(std::move(run));
    }
    const std::string folder = arguments_.runs_folder();
    files::make_folders(folder);
    files::write_file(folder + "/" + campaign::shard_file, reports::json(shard));
  }

  /// In the order of the tasks, however many were played side by side or before.
  verdict::Batch collect() {
    verdict::Batch batch;
    for (std::size_t index = 0; index < tasks_.size(); ++index) {
      const bool is_judged = results_[index].has_value();
      if (!is_judged || !why_not_[index].empty()) batch.not_run.push_back(not_run(index));
      if (!is_judged) continue;
      batch.results.push_back(std::move(*results_[index]));
      pages_.push_back(page_beside_index(index));
    }
    return batch;
  }

  std::string folder_of(std::size_t index) const {
    return folders_[index].empty() ? tasks_[index].folder : folders_[index];
  }

  std::string page_beside_index(std::size_t index) const {
    const std::string folder = std::filesystem::path(folder_of(index)).filename();
    return judge::RunFolder{folder}.page();
  }

  verdict::NotRun not_run(std::size_t index) const {
    using Kind = verdict::NotRun::Kind;
    const Task& task = tasks_[index];
    const std::string name = task.title();
    if (!task.why_not.empty())
      return {name, task.why_not, task.is_left_out ? Kind::left_out : Kind::could_not};
    if (!why_not_[index].empty()) return {name, why_not_[index], Kind::could_not};
    return {name, is_ended_early_ ? "another one failed before (--fail-fast)" : "interrupted",
            Kind::cut_short};
  }

  void print_summary(const verdict::Batch& batch, const std::string& index) const {
    if (!prints_document(arguments_.output)) {
      print("\n{}",
            reports::batch_summary(batch, {.colour = colours_output(),
                                           .width = static_cast<std::size_t>(output_width())}));
      if (!index.empty()) print("  Pages    {}\n", index);
    }
    if (!may_go_on() && batch.results.size() < tasks_.size())
      tell(fmt::format("sipharness: --resume {} continues with what did not run",
                       arguments_.runs_folder()));
  }

  campaign::Outcome outcome_of(const verdict::Batch& batch) const {
    const std::string today = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
    return campaign::hold_against(workload_.baseline.value_or(campaign::Baseline{}), batch, today);
  }

  int hold_against_baseline(const verdict::Batch& batch) const {
    const campaign::Outcome outcome = outcome_of(batch);
    const std::string told = reports::told(outcome);
    if (prints_document(arguments_.output))
      write_status(told);
    else
      write_output(told);
    return outcome.exit_code;
  }

  const Workload& workload_;
  const RunArguments& arguments_;
  const std::vector<Task>& tasks_;
  std::vector<std::string> folders_;  ///< of what ran
  std::vector<std::string> why_not_;  ///< it left no result, or not all of it
  std::vector<std::optional<verdict::Result>> results_;
  std::vector<std::string> pages_;  ///< of the results of the batch
  bool is_ended_early_ = false;
  std::unique_ptr<web::LabPage> page_;
};

}  // namespace

int play(const Workload& workload) {
  host::catch_interrupts();
  host::clear_leftovers();
  return Player(workload).play();
}

}  // namespace sipharness::cli
