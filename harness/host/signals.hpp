#pragma once
// Ctrl-C, SIGTERM and the end of the terminal: the first ends the run early (what was seen is
// judged and kept), a second Ctrl-C or SIGTERM ends the process at once with exit code 130.

namespace sipharness::host {

/// From now on SIGINT, SIGTERM and SIGHUP are counted instead of ending the process. Forgets
/// earlier ones.
void catch_interrupts();

/// Whether one has come.
bool is_interrupted();

}  // namespace sipharness::host
