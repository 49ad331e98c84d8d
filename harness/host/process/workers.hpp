#pragma once
// Child processes of this program for runs side by side: a crash or a hang of one touches no other.

#include <functional>
#include <map>
#include <optional>
#include <sys/types.h>

namespace sipharness::host {

class Workers {
 public:
  /// Ends and reaps what still runs.
  ~Workers();
  Workers() = default;
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Forks; the child calls `work` and exits with its result.
  void start(std::size_t id, const std::function<int()>& work);
  std::size_t running() const { return children_.size(); }

  struct Finished {
    std::size_t id = 0;
    int exit_code = 0;  ///< 128 + signal if a signal ended it
  };
  /// Waits for the next one to end; nothing if none runs. An interrupt is passed on to all of them.
  std::optional<Finished> wait();

 private:
  void pass_interrupt_on();

  std::map<pid_t, std::size_t> children_;
  bool passed_on_ = false;
};

}  // namespace sipharness::host
