#include "harness/cli/page.hpp"

#include <filesystem>
#include <set>
#include <string>

#include "harness/judge/run_folder.hpp"
#include "harness/story/story.hpp"
#include "reports/html.hpp"

namespace sipharness::cli {

std::string page_of(const judge::Judged& judged, bool so_far) {
  const scenario::Scenario* scenario = judged.scenario ? &*judged.scenario : nullptr;
  const auto told =
      judged.result.fleet ? verdict::devices_told(judged.result) : std::set<std::string>();
  const story::Story story = story::tell(judged.trace, judged.profile, scenario, told);
  return reports::html({judged.result, judged.trace, story, scenario, so_far});
}

std::string page_seen_from(const std::string& document, const std::string& folder) {
  namespace fs = std::filesystem;
  const std::string page = judge::RunFolder{folder}.page();
  if (document.empty() || !fs::exists(page)) return {};
  return fs::proximate(page, fs::absolute(document).parent_path()).generic_string();
}

}  // namespace sipharness::cli
