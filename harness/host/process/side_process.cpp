#include "harness/host/process/side_process.hpp"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sipharness::host {
namespace {

constexpr int low_nice_value = 10;

/// Whatever this process runs as, also if the file was replaced meanwhile.
constexpr const char* own_program = "/proc/self/exe";

/// What the child starts with: no terminal, a process group and signal handlers of its own.
class Preparation {
 public:
  Preparation() {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      posix_spawn_file_actions_addopen(&files_, standard, "/dev/null", O_RDWR, 0);
    // By hand, since exec lets the parent go on a moment before it closes what is not inherited.
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  }
  ~Preparation() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&files_);
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

/// The run may have gone before ordinary processes; its side work goes behind them.
void lower_priority(pid_t pid) {
  const sched_param ordinary{};
  sched_setscheduler(pid, SCHED_BATCH, &ordinary);
  setpriority(PRIO_PROCESS, static_cast<id_t>(pid), low_nice_value);
}

Duration to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

SideProcess::~SideProcess() {
  if (!is_running()) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool SideProcess::start(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"sipharness"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const Preparation preparation;
  pid_t pid = 0;
  // Spawned, not forked: a copy of this process would hold its ports open.
  if (posix_spawn(&pid, own_program, preparation.files(), preparation.attributes(), argv.data(),
                  environ) != 0)
    return false;
  pid_ = pid;
  lower_priority(pid_);
  return true;
}

bool SideProcess::is_running() {
  if (pid_ == 0) return false;
  int status = 0;
  rusage usage{};
  const pid_t ended = wait4(pid_, &status, WNOHANG, &usage);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return true;
  if (ended == pid_) {
    exit_code_ = exit_code_of(status);
    time_spent_ = to_duration(usage.ru_utime) + to_duration(usage.ru_stime);
  }
  pid_ = 0;
  return false;
}

}  // namespace sipharness::host
