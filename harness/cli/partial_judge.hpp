#pragma once
// Verdicts while a run still goes on: `check --so-far` in a process of its own, so that judging
// never makes the run late.
//  1. One at a time: whoever asks while one runs gets its verdicts with the next.
//  2. It takes a tenth of one processor: the longer judging takes, the less often it is done.
//     A capture of more than 128 MiB is not judged before the run has ended.
//  3. Its failure is told once and harms nothing.

#include <string>
#include <string_view>

#include "harness/host/process/side_process.hpp"
#include "harness/judge/run_folder.hpp"

namespace sipharness::cli {

class PartialJudge {
 public:
  /// @param period how often it is asked
  PartialJudge(judge::RunFolder folder, Duration period)
      : folder_(std::move(folder)), period_(period) {}
  /// Brings result.partial.json and report.html of the folder up to date, soon.
  void judge();
  /// What the last judgement came to, for people: "FAIL so far: GRP-CALL-03"; empty before the
  /// first.
  std::string_view verdict() const { return verdict_; }

 private:
  bool is_too_large();
  std::string told_verdict() const;
  void tell_failure(const std::string& how);

  judge::RunFolder folder_;
  host::SideProcess process_;
  Duration period_;
  Duration::rep rests_ = 0;  ///< so many askings are passed over
  std::string verdict_;
  bool told_ = false;
};

}  // namespace sipharness::cli
