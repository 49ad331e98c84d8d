#pragma once
// Verdicts while a run still goes on: `check --so-far` in a process of its own, so that judging
// never makes the run late.
//  1. One at a time: whoever asks while one runs gets its verdicts with the next.
//  2. Its failure is told once and harms nothing.

#include "harness/host/process/side_process.hpp"
#include "harness/judge/run_folder.hpp"

namespace sipharness::cli {

class PartialJudge {
 public:
  explicit PartialJudge(judge::RunFolder folder) : folder_(std::move(folder)) {}
  /// Brings result.partial.json of the folder up to date, soon.
  void judge();

 private:
  void tell_failure(const std::string& how);

  judge::RunFolder folder_;
  host::SideProcess process_;
  bool told_ = false;
};

}  // namespace sipharness::cli
