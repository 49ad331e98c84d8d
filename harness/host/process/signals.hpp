#pragma once
// Ctrl-C, SIGTERM and the end of the terminal: the first ends the run early (what was seen is
// judged and kept), a second Ctrl-C or SIGTERM ends the process at once with exit code 130.

#include <csignal>

namespace sipharness::host {

/// From now on SIGINT, SIGTERM and SIGHUP are counted instead of ending the process. Forgets
/// earlier ones.
void catch_interrupts();

/// By this signal a process tells its children of an interrupt that they may have seen themselves:
/// it never is a second one.
inline constexpr int interrupt_of_children = SIGUSR1;

/// Whether one has come.
bool is_interrupted();

}  // namespace sipharness::host
