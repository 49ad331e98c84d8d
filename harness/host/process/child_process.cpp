#include "harness/host/process/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/process/line_splitter.hpp"
#include "harness/host/process/spawn.hpp"
#include "harness/host/real_world.hpp"

namespace sipharness::host {
namespace {

/// policy: so much a program may print in each period; servers and clock come first.
constexpr std::size_t output_budget = 64UL * 1024;
constexpr Duration output_period = 100ms;
/// policy: a line without an end that stands so long is a prompt.
constexpr Duration prompt_pause = 200ms;
/// policy: commands that nobody reads.
constexpr std::size_t max_unread = 1024UL * 1024;

int status_of(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

Descriptor open_pidfd(pid_t id) {
  Descriptor descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id, 0U)));
  if (!descriptor.is_open())
    throw SetupError(fmt::format("cannot watch a program (Linux 5.3 or later is needed): {}",
                                 std::strerror(errno)));
  return descriptor;
}

}  // namespace

class ChildProcess::Impl {
 public:
  Impl(RealWorld& world, const Program& program, Handlers handlers)
      : world_(world), handlers_(std::move(handlers)), spawned_(spawn(program)) {
    try {
      end_ = open_pidfd(spawned_.id);
    } catch (...) {
      kill_and_reap();
      throw;
    }
    ::fcntl(spawned_.output.number(), F_SETFL, O_NONBLOCK);
    end_watch_ = world_.watch(end_.number(), [this] { on_end(); });
    watch_output();
  }

  ~Impl() {
    if (running_) kill_and_reap();
  }

  void write(std::string_view bytes) {
    if (!running_ || unread_.size() + bytes.size() > max_unread) return;
    unread_.append(bytes);
    pass_on();
  }

  void terminate(Duration timeout) {
    if (!running_) return;
    signal_group(SIGTERM);
    deadline_ = world_.call_after(timeout, [this] {
      killed_ = true;
      signal_group(SIGKILL);
    });
  }

 private:
  void signal_group(int signal) const { ::kill(-spawned_.id, signal); }

  void watch_output() {
    budget_ = output_budget;
    output_watch_ = world_.watch(spawned_.output.number(), [this] { read_output(); });
  }

  void read_output() {
    std::array<char, 16384> buffer;
    const ssize_t length = ::read(spawned_.output.number(), buffer.data(), buffer.size());
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (length <= 0) return output_watch_.reset();
    const auto count = static_cast<std::size_t>(length);
    budget_ -= std::min(budget_, count);
    if (budget_ == 0) {
      output_watch_.reset();
      pause_ = world_.call_after(output_period, [this] { watch_output(); });
    }
    lines_.feed({buffer.data(), count});
    prompt_ = world_.call_after(prompt_pause, [this] { lines_.finish(); });
  }

  void on_line(std::string_view line) {
    if (handlers_.on_line) handlers_.on_line(line);
  }

  /// The kernel has room for commands of any usual length; what does not fit is tried again.
  void pass_on() {
    const ssize_t sent = ::send(spawned_.input.number(), unread_.data(), unread_.size(),
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) unread_.erase(0, static_cast<std::size_t>(sent));
    if (sent < 0 && errno != EAGAIN && errno != EINTR) unread_.clear();
    if (!unread_.empty()) retry_ = world_.call_after(output_period, [this] { pass_on(); });
  }

  void on_end() {
    int raw = 0;
    if (::waitpid(spawned_.id, &raw, WNOHANG) != spawned_.id) return;
    running_ = false;
    signal_group(SIGKILL);  // whatever it started itself
    for (std::size_t i = 0; i < output_budget / 16384 && output_watch_; ++i) read_output();
    lines_.finish();
    output_watch_.reset();
    pause_.cancel();
    prompt_.cancel();
    retry_.cancel();
    deadline_.cancel();
    end_watch_.reset();
    const auto on_exit = std::exchange(handlers_.on_exit, {});
    if (on_exit) on_exit({status_of(raw), killed_});
  }

  void kill_and_reap() {
    running_ = false;
    signal_group(SIGKILL);
    ::kill(spawned_.id, SIGKILL);
    while (::waitpid(spawned_.id, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  RealWorld& world_;
  Handlers handlers_;
  Spawned spawned_;
  Descriptor end_;
  bool running_ = true;
  bool killed_ = false;
  std::size_t budget_ = 0;
  std::string unread_;
  LineSplitter lines_{[this](std::string_view line) { on_line(line); }};
  std::unique_ptr<world::Timer::Pending> end_watch_;
  std::unique_ptr<world::Timer::Pending> output_watch_;
  world::Timer pause_;
  world::Timer prompt_;
  world::Timer retry_;
  world::Timer deadline_;
};

ChildProcess::ChildProcess(RealWorld& world, const Program& program, Handlers handlers)
    : impl_(std::make_unique<Impl>(world, program, std::move(handlers))) {}
ChildProcess::~ChildProcess() = default;

void ChildProcess::write(std::string_view bytes) {
  impl_->write(bytes);
}

void ChildProcess::terminate(Duration timeout) {
  impl_->terminate(timeout);
}

}  // namespace sipharness::host
