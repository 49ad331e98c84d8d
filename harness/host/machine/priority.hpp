#pragma once
// In real time a loaded host is late, and a late host gives no verdicts. Where this is permitted
// the process goes before ordinary ones.

#include <cstdint>
#include <sched.h>

namespace sipharness::host {

/// What a process was granted.
enum class Priority : std::uint8_t { real_time, better_nice_value, ordinary };

/// While it lives: SCHED_RR at its lowest level, else a better nice value, else nothing: lateness
/// is measured anyway. What comes after goes behind whoever plays in real time then.
class RaisedPriority {
 public:
  RaisedPriority();
  ~RaisedPriority();
  RaisedPriority(const RaisedPriority&) = delete;
  RaisedPriority& operator=(const RaisedPriority&) = delete;

  Priority granted() const { return granted_; }

 private:
  int policy_;
  int nice_value_;
  sched_param parameters_{};
  Priority granted_ = Priority::ordinary;
};

}  // namespace sipharness::host
