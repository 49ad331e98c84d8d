#pragma once
// Starts a program; the only place that knows Boost.Process.

#include <sys/types.h>

#include "harness/host/net/socket.hpp"
#include "harness/host/process/child_process.hpp"

namespace sipharness::host {

struct Spawned {
  pid_t id = 0;       ///< also of its process group
  Descriptor input;   ///< a socket: writing to it raises no signal
  Descriptor output;  ///< the reading end of a pipe
};

/// Throws SetupError.
Spawned spawn(const ChildProcess::Program& program);

}  // namespace sipharness::host
