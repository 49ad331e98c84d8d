// sipharness run: stage, capture, judge, report.

#include <memory>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/lab_options.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/page.hpp"
#include "harness/cli/partial_judge.hpp"
#include "harness/cli/phone_options.hpp"
#include "harness/cli/progress.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/cli/shortage.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/files/files.hpp"
#include "harness/host/process/home_guard.hpp"
#include "harness/host/process/signals.hpp"
#include "harness/host/process/workers.hpp"
#include "harness/host/terminal.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/stage/run.hpp"
#include "reports/report.hpp"

namespace sipharness::cli {
namespace {

struct RunArguments {
  std::vector<std::string> scenarios;
  std::string device = "reference";
  std::string phone_address;
  PhoneArguments phone;
  std::string profile;  ///< empty: that of the device
  std::string wait;     ///< empty: by the kind of device
  std::string prompt_timeout = "60s";
  LabOptions lab;
  std::string clock = "auto";
  std::string capture = "auto";
  std::string out = "runs";
  std::vector<std::string> only;
  std::vector<std::string> deviations;
  std::uint64_t seed = 1;
  unsigned jobs = 1;
  bool strict = false;
  bool no_control_runs = false;
  OutputOptions output;
};

/// One scenario to run and the folder it runs in.
struct Task {
  scenario::Scenario scenario;
  std::string folder;
};

/// A signal of this number less ended a worker.
constexpr int killed = 128;

constexpr std::string_view process_prefix = "process:";

stage::DeviceChoice chosen_device(const RunArguments& arguments) {
  using stage::DeviceKind;
  const std::string& device = arguments.device;
  if (device == "reference") return {};
  if (device == "external") return {.kind = DeviceKind::external};
  if (device == "phone") {
    if (arguments.phone_address.empty())
      throw InputError("--device phone needs --phone-address, where its HTTP interface is");
    return {.kind = DeviceKind::phone, .phone_address = arguments.phone_address};
  }
  if (device.starts_with(process_prefix) && device.size() > process_prefix.size())
    return {.kind = DeviceKind::process, .name = device.substr(process_prefix.size())};
  throw InputError(
      fmt::format("--device {}: allowed are reference, process:NAME, phone and external", device));
}

std::string chosen_profile(const RunArguments& arguments) {
  if (!arguments.profile.empty()) return arguments.profile;
  switch (const stage::DeviceChoice device = chosen_device(arguments); device.kind) {
    case stage::DeviceKind::process:
      return device.name;
    case stage::DeviceKind::phone:
      return "grp26xx";
    case stage::DeviceKind::external:
      return "external";
    case stage::DeviceKind::reference:
      break;
  }
  return "reference";
}

/// policy: a program is up at once, a phone boots for minutes and a person has to find it first.
Duration first_register_timeout(const RunArguments& arguments, const stage::DeviceChoice& device) {
  if (arguments.wait.empty())
    return device.kind == stage::DeviceKind::process ? 30s : Duration(5min);
  return duration_of("--wait", arguments.wait);
}

void validate(const RunArguments& arguments) {
  const stage::DeviceChoice device = chosen_device(arguments);
  chosen_phone(arguments.phone);
  allowed_targets(arguments.lab);
  first_register_timeout(arguments, device);
  duration_of("--prompt-timeout", arguments.prompt_timeout);
  const bool is_one_of_a_kind =
      device.kind == stage::DeviceKind::external || device.kind == stage::DeviceKind::phone;
  if (is_one_of_a_kind && arguments.jobs > 1)
    throw InputError(
        fmt::format("--jobs {}: there is one {} device, it takes part in one run "
                    "at a time",
                    arguments.jobs, device.text()));
  if (!arguments.lab.bind.empty() && !device.is_foreign() && arguments.clock != "real")
    throw InputError("--bind: the reference UA lives in virtual time; add --clock real");
  std::vector<std::string_view> names;
  for (const dut::DeviationRow& row : dut::deviations()) names.push_back(row.name);
  for (const std::string& name : arguments.deviations) reject_unknown("deviation", name, names);
  requirements_named(arguments.only);
}

stage::RunOptions options_for(const RunArguments& arguments, const Task& task) {
  stage::RunOptions options;
  options.device = chosen_device(arguments);
  options.phone = chosen_phone(arguments.phone);
  options.tell = [name = task.scenario.name](const std::string& text) {
    cli::tell(fmt::format("sipharness: {}: {}", name, text));
  };
  options.first_register_timeout = first_register_timeout(arguments, options.device);
  options.prompt_timeout = duration_of("--prompt-timeout", arguments.prompt_timeout);
  options.bind = arguments.lab.bind;
  options.allowed_targets = allowed_targets(arguments.lab);
  if (options.device.is_foreign() && !arguments.no_control_runs)
    options.healthy = read_scenarios({shipped_scenarios() + "/sanity/healthy.json"}).front();
  if (arguments.clock != "auto")
    options.clock = arguments.clock == "real" ? stage::Clock::real : stage::Clock::virtual_time;
  if (arguments.capture != "auto")
    options.capture =
        arguments.capture == "live" ? stage::CaptureMode::live : stage::CaptureMode::tap;
  options.folder = task.folder;
  options.seed = arguments.seed;
  options.deviations = arguments.deviations;
  options.interrupted = [] { return host::is_interrupted(); };
  options.on_partial = [judge = std::make_shared<PartialJudge>(judge::RunFolder{task.folder})] {
    judge->judge();
  };
  return options;
}

judge::JudgeRequest request_for(const RunArguments& arguments, const std::string& folder) {
  judge::JudgeRequest request;
  request.capture = folder;
  request.only = requirements_named(arguments.only);
  request.strict = arguments.strict;
  return request;
}

class Runner {
 public:
  Runner(const RunArguments& arguments, std::vector<Task> tasks)
      : arguments_(arguments),
        profile_(with_account(read_profile(chosen_profile(arguments)), arguments.lab)),
        tasks_(std::move(tasks)) {}

  int run() {
    if (arguments_.jobs > 1 && tasks_.size() > 1)
      run_side_by_side();
    else
      run_in_turn();
    write_results(batch_, arguments_.output);
    if (tasks_.size() > 1) print_summary();
    return could_not_run_ > 0 ? static_cast<int>(cannot_run) : verdict::exit_code(batch_.results);
  }

 private:
  void run_in_turn() {
    for (const Task& task : tasks_) {
      if (host::is_interrupted()) break;
      stage::RunOptions options = options_for(arguments_, task);
      Progress progress(task.scenario.name, host::is_terminal(stderr));
      if (!arguments_.output.quiet)
        options.on_progress = [&](const auto& now) { progress.show(now); };
      options.tell = [&, tell = options.tell](const std::string& text) {
        progress.clear();
        tell(text);
      };
      const bool staged = stage(task, options);
      progress.clear();
      if (staged)
        judge(task);
      else
        ++could_not_run_;
    }
  }

  /// A scenario that cannot be run here, or with this device, does not keep others from their turn.
  bool stage(const Task& task, const stage::RunOptions& options) const {
    try {
      stage::run(task.scenario, profile_, options);
      return true;
    } catch (const SetupError& error) {
      tell(fmt::format("sipharness: {}: {}", task.scenario.full_name(), error.what()));
      return false;
    }
  }

  void run_side_by_side() {
    host::Workers workers;
    std::size_t next = 0;
    while (next < tasks_.size() || workers.running() > 0) {
      const bool may_start = next < tasks_.size() && !host::is_interrupted();
      if (may_start && workers.running() < arguments_.jobs) {
        const std::size_t index = next++;
        workers.start(index, [&] { return stage_in_child(index); });
        continue;
      }
      const auto finished = workers.wait();
      if (!finished) break;
      const Task& task = tasks_[finished->id];
      if (finished->exit_code == passed)
        judge(task);
      else if (finished->exit_code > killed)
        give_up(task, fmt::format("signal {} ended its process", finished->exit_code - killed));
      else
        ++could_not_run_;
    }
  }

  int stage_in_child(std::size_t index) {
    try {
      stage::RunOptions options = options_for(arguments_, tasks_[index]);
      options.slot = static_cast<unsigned>(index);
      return stage(tasks_[index], options) ? passed : cannot_run;
    } catch (const std::exception& error) {
      tell(fmt::format("sipharness: {}: {}", tasks_[index].scenario.name, words_of(error)));
      return cannot_run;
    }
  }

  /// A result that finds no room in its folder is still one of the results.
  void judge(const Task& task) {
    auto judged = judge::judge(request_for(arguments_, task.folder));
    if (!judged) return give_up(task, "cannot read the run again: " + judged.error().text());
    try {
      const judge::RunFolder folder{task.folder};
      files::write_file(folder.result(), reports::json(judged->result));
      files::write_file(folder.page(), page_of(*judged));
    } catch (const SetupError& error) {
      give_up(task, error.what());
    }
    print_result(judged->result, arguments_.output, task.folder, tasks_.size() > 1);
    batch_.results.push_back(std::move(judged->result));
  }

  void give_up(const Task& task, const std::string& why) {
    tell(fmt::format("sipharness: {}: {}", task.scenario.full_name(), why));
    ++could_not_run_;
  }

  void print_summary() const {
    if (prints_document(arguments_.output)) return;
    std::size_t passes = 0;
    std::size_t not_exercised = 0;
    for (const verdict::Result& result : batch_.results) {
      passes += verdict::exit_code(result) == passed;
      not_exercised += verdict::is_not_exercised(result);
    }
    print("\n{} of {} scenarios passed", passes, tasks_.size());
    if (not_exercised > 0) print(", {} did not exercise the requirements named", not_exercised);
    print("\n");
  }

  const RunArguments& arguments_;
  scenario::Profile profile_;
  std::vector<Task> tasks_;
  verdict::Batch batch_;
  std::size_t could_not_run_ = 0;
};

int run_scenarios(const RunArguments& arguments) {
  validate(arguments);
  std::vector<std::string> inputs = arguments.scenarios;
  inputs.push_back(arguments.profile);
  try_documents({arguments.output.json, arguments.output.junit}, inputs);
  std::vector<Task> tasks;
  for (scenario::Scenario& scenario : read_scenarios(arguments.scenarios))
    tasks.push_back({std::move(scenario), {}});
  for (Task& task : tasks) {
    const std::string name = task.scenario.variant.empty()
                                 ? task.scenario.name
                                 : fmt::format("{}-{}", task.scenario.name, task.scenario.variant);
    task.folder = files::make_run_folder(arguments.out, name);
  }
  host::catch_interrupts();
  host::clear_leftovers();
  return Runner(arguments, std::move(tasks)).run();
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Run scenarios against a device and judge it");
  command->add_option("scenario", arguments->scenarios, "Scenario files or folders of them")
      ->required()
      ->type_name("SCENARIO");
  command->add_option("--device", arguments->device,
                      "reference (default), process:NAME, phone or external");
  command
      ->add_option("--phone-address", arguments->phone_address,
                   "Where the HTTP interface of the phone is")
      ->type_name("HOST[:PORT]");
  add_phone_options(*command, arguments->phone);
  command
      ->add_option("--wait", arguments->wait,
                   "How long a third-party device may take to register (default 30s for a "
                   "process, else 5min)")
      ->type_name("DURATION");
  add_lab_options(*command, arguments->lab);
  command
      ->add_option("--prompt-timeout", arguments->prompt_timeout,
                   "How long a person may take to answer a prompt (default 60s)")
      ->type_name("DURATION");
  command->add_option("--profile", arguments->profile,
                      "Device profile: a file or a shipped name (default: that of the device)");
  command->add_option("--clock", arguments->clock, "auto, virtual or real")
      ->check(CLI::IsMember({"auto", "virtual", "real"}));
  command->add_option("--capture", arguments->capture, "auto, live or tap (real time only)")
      ->check(CLI::IsMember({"auto", "live", "tap"}));
  command->add_option("--out", arguments->out, "Where run folders go (default runs)")
      ->type_name("DIR");
  command->add_option("--seed", arguments->seed, "Seed of everything left to chance (default 1)");
  command->add_option("--deviate", arguments->deviations, "Break a rule on purpose (reference UA)")
      ->type_name("NAME");
  command
      ->add_option("--only", arguments->only, "Judge these only: GRP-CALL-03, GRP-REG, rfc3261/17")
      ->type_name("ID");
  command->add_option("--jobs", arguments->jobs, "Scenarios side by side (default 1)")
      ->check(CLI::Range(1, 64));
  command->add_flag("--no-bracket", arguments->no_control_runs,
                    "No control runs of a third-party device before and after a fault");
  command->add_flag("--strict", arguments->strict, "Warnings count as failures");
  add_output_options(*command, arguments->output);
  command->callback([arguments, &exit_code] { exit_code = run_scenarios(*arguments); });
}

}  // namespace sipharness::cli
