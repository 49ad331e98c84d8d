#pragma once
// Sees to it that nothing is left of a softphone that the harness started: no process, wherever it
// went, and no home with a password in it.
//  1. A process belongs to a home if HOME of its environment names it, whichever group or session
//     it is in and whoever its parent is.
//  2. When the harness ends, killed or not, a process of its own (the guard) ends all those that
//     belong to the home; if the harness was killed, it removes the home, too.
//  3. What a guard was kept from doing is done by clear_leftovers() at the next start.

#include <string>
#include <sys/types.h>

#include "harness/host/net/socket.hpp"

namespace sipharness::host {

class HomeGuard {
 public:
  /// Throws SetupError if no process can be started.
  explicit HomeGuard(std::string home);
  ~HomeGuard();
  HomeGuard(const HomeGuard&) = delete;
  HomeGuard& operator=(const HomeGuard&) = delete;

 private:
  std::string home_;
  Descriptor alive_;  ///< the guard's end breaks when this process is gone
  pid_t guard_ = 0;
};

/// Ends every process of this user that belongs to `home`.
void end_processes_of(const std::string& home);

/// Homes and processes of a harness that was killed together with its guard.
void clear_leftovers();

}  // namespace sipharness::host
