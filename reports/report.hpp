#pragma once
// Reports: a result in, text out. Pure functions; writing the text somewhere is the caller's.

#include <string>
#include <vector>

#include "harness/verdict/result.hpp"

namespace reports {

struct ConsoleOptions {
  bool colour = false;
  bool quiet = false;    ///< the verdict line only
  bool verbose = false;  ///< what passed and what was not exercised too
  int width = 100;
  bool one_of_several = false;
  std::string folder{};  ///< run folder, named at the end; empty: none
};

/// Verdict first, then what failed with expected, measured, margin and frames, how much passed, and
/// where to look.
std::string console(const sipharness::verdict::Result& result, const ConsoleOptions& options);

/// What a batch came to: how many passed, a table of what did not with requirement and reason, and,
/// where scenarios ran several times, what is flaky and how measured intervals spread.
struct BatchSummaryOptions {
  bool colour = false;
  std::size_t width = 0;  ///< of a terminal; 0: lines are as long as they are
};
std::string batch_summary(const sipharness::verdict::Batch& batch,
                          const BatchSummaryOptions& options);

/// result.json, format sipharness-result/1.
std::string json(const sipharness::verdict::Result& result);

/// What one or several scenarios came to, format sipharness-results/1.
std::string json(const sipharness::verdict::Batch& batch);

/// JUnit XML: one testsuite a scenario. A testcase is a requirement that was judged; of those that
/// passed only what the scenario names, or a whole folder is more than a CI server shows.
std::string junit(const sipharness::verdict::Batch& batch);

/// A table of the results and what was wrong, for the summary of a CI job (GitHub, GitLab).
std::string markdown(const sipharness::verdict::Batch& batch);

/// A workflow command for each finding, which GitHub Actions shows beside the job.
std::string github_annotations(const sipharness::verdict::Batch& batch);

}  // namespace reports
