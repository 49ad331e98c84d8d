#pragma once
// A program started and ended by the harness: its own process group, an environment of its own,
// standard input to write to, everything it prints line by line.
//  1. It dies with the harness, however that ends, and is always reaped.
//  2. on_exit comes once, after the last line; no handler is called from inside a member function,
//     or after destruction. on_exit may destroy the object, on_line may not.
//  3. It does not inherit the harness's descriptors or scheduling priority.
//  4. A program that prints more than it can be read without being late to others is made to wait.
//  5. A prompt, which ends without a line end, is given as a line when nothing follows for 200 ms.
//  6. Destroying it kills the whole group.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::host {

class RealWorld;

class ChildProcess {
 public:
  struct Program {
    std::vector<std::string> command;                ///< program and arguments
    std::map<std::string, std::string> environment;  ///< all of it, but for PATH and the language
    std::string folder;                              ///< where it runs
  };
  struct Exit {
    int status = 0;       ///< 128 + signal if a signal ended it
    bool killed = false;  ///< by terminate(), because it did not go
  };
  struct Handlers {
    std::function<void(std::string_view line)> on_line;
    std::function<void(Exit)> on_exit;
  };

  /// Throws SetupError if the program cannot be started.
  ChildProcess(RealWorld& world, const Program& program, Handlers handlers);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// To its standard input. What a program that does not read leaves lying about is bounded.
  void write(std::string_view bytes);
  /// SIGTERM to its group, and SIGKILL if it is still there after `timeout`.
  void terminate(Duration timeout);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::host
