#pragma once
// The run folders of a folder, read only; of no folder (an empty name) there are none. Nothing
// outside of it is ever opened: a name is one of a folder directly in it, and no link is followed.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/live_page.hpp"

namespace sipharness::web {

/// The newest first, at most 200.
std::vector<reports::PastRun> past_runs(const std::string& folder);

/// The report.html of the run `name`; nothing if there is none or it is larger than 15 MiB.
std::optional<std::string> report_of(const std::string& folder, std::string_view name);

}  // namespace sipharness::web
