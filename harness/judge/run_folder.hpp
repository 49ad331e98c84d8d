#pragma once
// The files of a run folder, and those of them that stand there before the run begins.

#include <string>

#include "harness/judge/meta.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::judge {

struct RunFolder {
  std::string path;
  std::string capture() const { return path + "/capture.pcap"; }
  std::string journal() const { return path + "/journal.jsonl"; }
  std::string scenario() const { return path + "/scenario.json"; }
  std::string profile() const { return path + "/profile.json"; }
  std::string meta() const { return path + "/run.json"; }
  std::string result() const { return path + "/result.json"; }
  std::string page() const { return path + "/report.html"; }
  std::string before() const { return path + "/before"; }  ///< a run folder: the healthy run
  std::string after() const { return path + "/after"; }
  std::string partial_result() const { return path + "/result.partial.json"; }
};

/// Makes the folder and writes what is to be staged; capture and journal come to stand beside it.
/// Throws SetupError.
void write_inputs(const RunFolder& folder, const scenario::Scenario& scenario,
                  const scenario::Profile& profile, const Meta& meta);

/// Removes the folder of a run that never began, such as one whose port is taken. One that holds a
/// frame, or anything else than what write_inputs() and the beginning of a run leave, stays.
void remove_unplayed(const RunFolder& folder);

}  // namespace sipharness::judge
