#include "harness/cli/page.hpp"

#include <filesystem>
#include <set>
#include <string>

#include "harness/judge/run_folder.hpp"
#include "harness/story/story.hpp"
#include "reports/html.hpp"

namespace sipharness::cli {

namespace {

/// Of a fleet those that a finding names; empty: every one.
std::set<std::string> devices_told(const verdict::Result& result) {
  std::set<std::string> told;
  if (result.fleet)
    for (const verdict::Finding& finding : result.findings) told.insert(finding.device);
  return told;
}

}  // namespace

std::string page_of(const judge::Judged& judged, bool so_far) {
  const scenario::Scenario* scenario = judged.scenario ? &*judged.scenario : nullptr;
  const story::Story story =
      story::tell(judged.trace, judged.profile, scenario, devices_told(judged.result));
  return reports::html({judged.result, judged.trace, story, scenario, so_far});
}

std::string page_seen_from(const std::string& document, const std::string& folder) {
  namespace fs = std::filesystem;
  const std::string page = judge::RunFolder{folder}.page();
  if (!fs::exists(page)) return {};
  return fs::proximate(page, fs::absolute(document).parent_path()).generic_string();
}

}  // namespace sipharness::cli
