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

/// As one Ctrl-C would; never a second one. From any thread.
void interrupt();

/// To standard error, should a second one end the process: a string literal; null: nothing.
void write_when_ended(const char* text);

/// Whether one has come.
bool is_interrupted();

/// From now on a write that a signal would end the process for (into a pipe that nobody reads,
/// beyond `ulimit -f`) is an error like others. Programs that are started are not concerned. A
/// standard descriptor that is closed is one that cannot be written to, and no file gets its
/// number.
void see_write_errors();

/// A mapped file that becomes shorter under who reads it ends the program with exit code 4, and a
/// line that says so.
void end_at_unreadable_page();

/// Ends the process as a closed pipe ends others; returns if the parent wanted that ignored.
void end_by_closed_pipe();

}  // namespace sipharness::host
