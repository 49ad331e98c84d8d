#pragma once
// The reports of run folders, read only. What is served is what was opened: a file that is one
// itself, in a folder that is one itself; whatever takes its place meanwhile, no link is followed
// and nothing is waited for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/live_page.hpp"

namespace sipharness::web {

/// Of a folder of run folders, the newest first, at most 200; of no folder (an empty name) none.
std::vector<reports::PastRun> past_runs(const std::string& folder);

/// The report.html of the run `name` directly in the folder; nothing if there is none or it is
/// larger than 15 MiB.
std::optional<std::string> report_of(const std::string& folder, std::string_view name);

/// The report.html of a run folder.
std::optional<std::string> report_in(const std::string& run_folder);

/// Tells whether the report.html of a run folder became another one.
class ReportWatch {
 public:
  /// Another number for each version; 0 as long as there is none.
  std::uint64_t version(const std::string& run_folder);

 private:
  std::string seen_;  ///< what tells the last version apart
  std::uint64_t version_ = 0;
};

}  // namespace sipharness::web
