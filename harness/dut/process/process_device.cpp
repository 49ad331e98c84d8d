#include "harness/dut/process/process_device.hpp"

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/dut/process/channel.hpp"
#include "harness/dut/process/watch_words.hpp"
#include "harness/files/files.hpp"
#include "harness/host/process/child_process.hpp"
#include "harness/host/process/device_log.hpp"
#include "harness/host/process/home_guard.hpp"
#include "harness/host/real_world.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;

/// policy: SIGTERM is given so long to work.
constexpr Duration sigterm_timeout = 2s;
/// policy: a driver that reacts more often than that in one run has run wild.
constexpr int most_reactions = 1000;

std::string path_below(const std::string& folder, const std::string& path) {
  return folder + "/" + path;
}

/// It may hold the password.
void keep_private(const std::string& path) {
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

class ProcessDevice::Impl {
 public:
  Impl(host::RealWorld& world, journal::Writer& journal, Options options)
      : world_(world),
        journal_(journal),
        name_(std::move(options.name)),
        drive_(*options.values.profile.drive),
        stem_(options.values.run_folder + "/" + options.stem),
        secrets_{options.values.password},
        began_(world.now()),
        log_({.path = stem_ + ".log", .secrets = secrets_}) {
    options.values.home = home_.path();
    variables_.emplace(std::move(options.values));
  }

  const std::string& name() const { return name_; }

  bool perform(const scenario::DeviceStep& step) {
    if (!step.number.empty()) variables_->set_number(step.number);
    switch (step.verb) {
      case DeviceVerb::boot:
        started_by_ = "boot";
        starts_again_ = child_ && is_ending_;  // it has not gone yet
        if (!child_) start();
        return false;
      case DeviceVerb::restart:
        started_by_ = "restart";
        starts_again_ = child_.has_value();
        if (child_)
          ask_to_end();
        else
          start();
        return false;
      case DeviceVerb::shutdown:
        starts_again_ = false;
        if (child_) ask_to_end();
        return false;
      default:
        return act_now(std::string(to_string(step.verb)));
    }
  }

  void stop() {
    if (!child_) return;
    starts_again_ = false;
    is_last_stop_ = true;
    ask_to_end();
    // SIGKILL has its effect at once: the last second is for a host that is late.
    const Duration longest = drive_.stop.within + sigterm_timeout + 1s;
    world_.run(world_.now() + longest, [this] { return !child_.has_value(); });
    child_.reset();
  }

 private:
  // --- Start and end -------------------------------------------------------------------------

  void start() {
    write_files();
    host::ChildProcess::Program program;
    for (const std::string& word : drive_.command)
      program.command.push_back(variables_->fill(word));
    program.environment["HOME"] = home_.path();
    for (const auto& [name, value] : drive_.environment)
      program.environment[name] = variables_->fill(value);
    program.folder = home_.path();
    is_ready_ = is_ending_ = false;
    must_print_ = drive_.ready.output.has_value();
    must_connect_ = drive_.control.has_value();
    note(fmt::format("starting {}", fmt::join(program.command, " ")));
    child_.emplace(world_, program,
                   host::ChildProcess::Handlers{
                       .on_line = [this](std::string_view line) { on_news(line); },
                       .on_exit = [this](host::ChildProcess::Exit exit) { on_exit(exit); }});
    journal_.write(journal::DeviceState{name_, "started", std::nullopt});
    ready_deadline_ = world_.call_after(drive_.ready.within, [this] { give_up_waiting(); });
    if (must_connect_) connect();
    act("boot", started_by_);
    see_whether_ready();
  }

  void connect() {
    scenario::Control control = *drive_.control;
    control.address = variables_->fill(control.address);
    channel_.emplace(world_, control,
                     Channel::Handlers{.on_open =
                                           [this] {
                                             must_connect_ = false;
                                             see_whether_ready();
                                           },
                                       .on_news = [this](std::string_view line) { on_news(line); },
                                       .on_lost = [this](const std::string& why) { note(why); }});
  }

  void write_files() {
    for (const std::string& folder : drive_.folders)
      files::make_folders(path_below(home_.path(), folder));
    for (const auto& [path, text] : drive_.files) {
      const std::string filled = variables_->fill(text);
      const std::string copy = path_below(stem_, path);
      for (const std::string& folder : {folder_of(path_below(home_.path(), path)), folder_of(copy)})
        files::make_folders(folder);
      files::write_file(path_below(home_.path(), path), filled);
      keep_private(path_below(home_.path(), path));
      files::write_file(copy, host::redacted(filled, secrets_));
    }
  }

  void ask_to_end() {
    if (std::exchange(is_ending_, true)) return;
    words_.forget();
    waiting_.clear();
    if (!is_ready_ || drive_.stop.send.empty()) return child_->terminate(sigterm_timeout);
    for (const std::string& line : drive_.stop.send) send(variables_->fill(line));
    end_deadline_ = world_.call_after(drive_.stop.within, [this] {
      note("it was asked to end and did not");
      child_->terminate(sigterm_timeout);
    });
  }

  void on_exit(host::ChildProcess::Exit exit) {
    note(fmt::format("{} with status {}", exit.killed ? "killed" : "exited", exit.status));
    // A restart is one action: its end is not reported. Nor is the end of the whole run.
    const bool is_news = !is_ending_ || exit.killed || !(starts_again_ || is_last_stop_);
    if (is_news && !is_last_stop_)
      journal_.write(journal::DeviceState{name_, exit.killed ? "killed" : "exited", exit.status});
    if (is_ending_ && !starts_again_ && !is_last_stop_)
      report("shutdown", !exit.killed, fmt::format("ended with status {}", exit.status));
    is_ready_ = false;
    ready_deadline_.cancel();
    end_deadline_.cancel();
    waiting_.clear();
    words_.forget();
    channel_.reset();
    child_.reset();
    if (std::exchange(starts_again_, false)) start();
  }

  // --- Readiness -----------------------------------------------------------------------------

  void see_whether_ready() {
    if (is_ready_ || must_print_ || must_connect_) return;
    is_ready_ = true;
    ready_deadline_.cancel();
    if (!says_how_it_boots()) report(started_by_, true, "ready");
    for (const std::string& line : std::exchange(waiting_, {})) send(line);
    await_news(Duration{});  // what waited for it is under way now
  }

  /// Else it has booted when it is ready.
  bool says_how_it_boots() const {
    const auto boot = drive_.verbs.find("boot");
    return boot != drive_.verbs.end() && !(boot->second.ok.empty() && boot->second.failed.empty());
  }

  void give_up_waiting() {
    waiting_.clear();
    words_.forget();
    report(started_by_, false,
           fmt::format("not ready {} after its start", format_duration(drive_.ready.within)));
  }

  // --- Actions and news ----------------------------------------------------------------------

  /// `reported_as` is what the timeline calls it: a restart boots, too.
  void act(const std::string& verb, const std::string& reported_as) {
    const auto known = drive_.verbs.find(verb);
    if (known == drive_.verbs.end() || !child_ || is_ending_) return;
    expect(reported_as, known->second);
    for (const std::string& line : known->second.send) send_when_ready(variables_->fill(line));
  }

  /// True if nothing will tell how it went, so that handing it over is all there is to know.
  bool act_now(const std::string& verb) {
    if (!child_ || is_ending_) {
      report(verb, false, "the device does not run");
      return false;
    }
    act(verb, verb);
    return is_ready_ && words_.awaited() != verb;
  }

  void expect(const std::string& verb, const scenario::DriveAction& action) {
    const auto fill_all = [this](std::vector<std::string> patterns) {
      for (std::string& pattern : patterns) pattern = variables_->fill(pattern);
      return patterns;
    };
    words_.expect({verb, fill_all(action.ok), fill_all(action.failed)});
    news_within_ = action.within;
    await_news(is_ready_ ? Duration{} : drive_.ready.within);
  }

  /// The time for news of an action counts from when the device took the action.
  void await_news(Duration until_taken) {
    news_deadline_ = world_.call_after(until_taken + news_within_, [this] {
      if (words_.awaited()) report(*words_.awaited(), false, "no word of how it went");
      words_.forget();
    });
  }

  void send_when_ready(const std::string& line) {
    if (is_ready_)
      send(line);
    else
      waiting_.push_back(line);
  }

  void send(const std::string& line) {
    log('>', line);
    if (channel_)
      channel_->send(line);
    else
      child_->write(line + "\n");
  }

  void on_news(std::string_view printed) {
    const std::string line = host::redacted(std::string(printed), secrets_);
    log('<', line);
    if (must_print_ && scenario::occurs_in(variables_->fill(*drive_.ready.output), line)) {
      must_print_ = false;
      see_whether_ready();
    }
    if (const auto verdict = words_.hear(line)) report(verdict->verb, verdict->ok, verdict->line);
    if (!is_ending_) react(line);
  }

  void react(std::string_view line) {
    for (const scenario::Reaction& reaction : drive_.reactions) {
      if (!scenario::occurs_in(variables_->fill(reaction.on), line)) continue;
      if (++reactions_ > most_reactions) return;
      for (const std::string& line : reaction.send) send_when_ready(variables_->fill(line));
    }
  }

  void report(const std::string& verb, bool ok, const std::string& what) {
    note(fmt::format("{}: {}", verb, ok ? "done" : "failed: " + what));
    journal_.write(journal::Reported{name_, verb, ok, what});
  }

  void log(char mark, std::string_view text) { log_.write(world_.now() - began_, mark, text); }
  void note(std::string_view text) { log('|', text); }

  host::RealWorld& world_;
  journal::Writer& journal_;
  std::string name_;
  scenario::Drive drive_;
  std::string stem_;
  std::vector<std::string> secrets_;
  TimePoint began_;
  host::DeviceLog log_;
  files::TemporaryFolder home_;
  host::HomeGuard guard_{home_.path()};
  std::optional<Variables> variables_;
  WatchWords words_;
  bool is_ready_ = false;
  bool is_ending_ = false;
  bool is_last_stop_ = false;
  bool starts_again_ = false;
  bool must_print_ = false;
  bool must_connect_ = false;
  int reactions_ = 0;
  std::string started_by_;
  std::vector<std::string> waiting_;
  world::Timer ready_deadline_;
  world::Timer end_deadline_;
  Duration news_within_{};
  world::Timer news_deadline_;
  std::optional<Channel> channel_;
  std::optional<host::ChildProcess> child_;
};

ProcessDevice::ProcessDevice(host::RealWorld& world, journal::Writer& journal, Options options)
    : impl_(std::make_unique<Impl>(world, journal, std::move(options))) {}
ProcessDevice::~ProcessDevice() = default;

const std::string& ProcessDevice::name() const {
  return impl_->name();
}

bool ProcessDevice::perform(const scenario::DeviceStep& step) {
  return impl_->perform(step);
}

void ProcessDevice::stop() {
  impl_->stop();
}

}  // namespace sipharness::dut
