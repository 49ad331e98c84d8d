#pragma once
// Ctrl-C and SIGTERM: the first ends the run early (what was seen is judged and kept), the second
// ends the process at once with exit code 130.

namespace sipharness::host {

/// From now on SIGINT and SIGTERM are counted instead of ending the process. Forgets earlier ones.
void catch_interrupts();

/// Whether one has come.
bool is_interrupted();

}  // namespace sipharness::host
