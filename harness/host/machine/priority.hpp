#pragma once
// In real time a loaded host is late, and a late host gives no verdicts. Where this is permitted
// the process goes before ordinary ones.

#include <cstdint>

namespace sipharness::host {

/// What a process was granted.
enum class Priority : std::uint8_t { real_time, better_nice_value, ordinary };

/// SCHED_RR at its lowest level, else a better nice value, else nothing: lateness is measured
/// anyway.
Priority raise_priority();

}  // namespace sipharness::host
