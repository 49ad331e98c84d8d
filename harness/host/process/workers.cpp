#include "harness/host/process/workers.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "harness/base/setup_error.hpp"
#include "harness/host/process/signals.hpp"

namespace sipharness::host {

Workers::~Workers() {
  for (const auto& [pid, id] : children_) kill(pid, SIGTERM);
  while (wait()) {
  }
}

void Workers::start(std::size_t id, const std::function<int()>& work) {
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw SetupError("cannot start another process: too many are running");
  if (pid > 0) {
    children_[pid] = id;
    return;
  }
  // A killed parent must not leave runs behind.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int code = work();
  std::fflush(nullptr);
  _exit(code);
}

/// A Ctrl-C at a terminal reaches the children too; a signal to this process alone does not.
void Workers::pass_interrupt_on() {
  if (!is_interrupted() || std::exchange(passed_on_, true)) return;
  for (const auto& [pid, id] : children_) kill(pid, interrupt_of_children);
}

std::optional<Workers::Finished> Workers::wait() {
  constexpr std::chrono::milliseconds pause{20};
  while (!children_.empty()) {
    int status = 0;
    pass_interrupt_on();
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid == 0) std::this_thread::sleep_for(pause);
    if (pid == 0 || (pid < 0 && errno == EINTR)) continue;
    const auto child = children_.find(pid);
    if (child == children_.end()) {
      if (pid < 0) children_.clear();
      continue;
    }
    const Finished finished{child->second,
                            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
    children_.erase(child);
    return finished;
  }
  return std::nullopt;
}

}  // namespace sipharness::host
