#pragma once
// The page of a run that goes on, and what it is told. Pure, as report.html is, whose style and
// drawings it shares, from the data of the report so far: its policy lets nothing run but its own
// script, which speaks to nobody but the server it came from.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace reports {

struct LiveState {
  std::string phase = "waiting";  ///< then "running", "judging", "ended"; or "serving"
  std::string run;                ///< which: "2/3 primary_down"
  sipharness::Duration now{};
  sipharness::Duration duration{};
  std::string awaiting;
  unsigned prompt = 0;  ///< number of what a person is asked; 0: nothing
  std::string task;
  sipharness::Duration left{};
  std::uint64_t report = 0;     ///< which version of the report so far there is; 0: none
  std::deque<std::string> log;  ///< the last lines of it
};

/// @param key whoever knows it read this page
std::string live_page(std::string_view key);

/// One JSON document on one line.
std::string live_state(const LiveState& state);

struct PastRun {
  std::string name;
  bool has_report = false;
};
std::string past_runs(const std::vector<PastRun>& runs);

}  // namespace reports
