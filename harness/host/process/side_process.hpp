#pragma once
// Work beside a run in real time, in a process of its own: this program with other arguments, at a
// low priority, one at a time.
//  1. It shares nothing with the run: not its memory, its sockets (a port that the run closes is
//     closed) or the terminal, and no Ctrl-C reaches it.
//  2. Starting it takes about a millisecond; nothing here waits for it, but the destructor, which
//     ends it first.

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::host {

class SideProcess {
 public:
  SideProcess() = default;
  ~SideProcess();
  SideProcess(const SideProcess&) = delete;
  SideProcess& operator=(const SideProcess&) = delete;

  /// False if it cannot be started. Only while none is running.
  bool start(const std::vector<std::string>& arguments);
  /// Whether it still runs; asking reaps it when it has ended.
  bool is_running();
  /// How the last one ended: its exit code, 128 + signal if a signal ended it, 0 before the first.
  int exit_code() const { return exit_code_; }
  /// Of a processor, by the last one that ended; once asked, zero.
  Duration take_time_spent() { return std::exchange(time_spent_, Duration::zero()); }

 private:
  pid_t pid_ = 0;
  int exit_code_ = 0;
  Duration time_spent_{};
};

}  // namespace sipharness::host
