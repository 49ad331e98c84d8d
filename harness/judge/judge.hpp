#pragma once
// Judging a run folder or a capture: the one way from files to findings. It knows nothing of how a
// run is staged.

#include <optional>
#include <string>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::judge {

/// What a run folder says it staged; an error with its place.
Expected<scenario::Scenario> load_scenario(const std::string& path);
Expected<scenario::Profile> load_profile(const std::string& path);

struct JudgeRequest {
  std::string capture;                    ///< a capture file, or a run folder
  std::vector<std::string> more{};        ///< files that belong to the capture
  std::optional<std::string> scenario{};  ///< path; a run folder brings its own
  std::optional<std::string> profile{};
  std::optional<std::string> journal{};
  std::optional<trace::Vantage> vantage{};
  std::vector<trace::Server> servers{};  ///< of a foreign capture, named by hand
  std::vector<std::string> only{};
  unsigned jobs = 1;  ///< phones judged side by side; 0: one for each core
  bool strict = false;
};

/// "office.pcap", "office.pcap1 and 2 more"
std::string name_of(const std::vector<std::string>& captures);

/// What was judged, with what reports need to draw it.
struct Judged {
  verdict::Result result;
  trace::Trace trace;
  scenario::Profile profile;
  std::optional<scenario::Scenario> scenario;
};

/// What is judged, read from files.
struct Loaded {
  trace::Trace trace;
  scenario::Profile profile;
  std::optional<scenario::Scenario> scenario;
};

/// Reads a capture or a run folder and judges nothing.
Expected<Loaded> load(const JudgeRequest& request);

/// Judges a capture or a run folder. The same code after a run, a year later, or on a field
/// capture.
Expected<Judged> judge(const JudgeRequest& request);
/// The same for a run that still goes on: what it lacks is not held against it.
Expected<Judged> judge_so_far(const JudgeRequest& request);

}  // namespace sipharness::judge
