#pragma once
// In real time a loaded host is late, and a late host gives no verdicts. Where this is permitted
// the process goes before ordinary ones.

namespace sipharness::host {

/// SCHED_RR at its lowest level, else a better nice value, else nothing: lateness is measured
/// anyway.
void raise_priority();

}  // namespace sipharness::host
