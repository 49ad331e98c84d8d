#include "harness/cli/page.hpp"

#include "harness/story/story.hpp"
#include "reports/html.hpp"

namespace sipharness::cli {

std::string page_of(const judge::Judged& judged) {
  const scenario::Scenario* scenario = judged.scenario ? &*judged.scenario : nullptr;
  const story::Story story = story::tell(judged.trace, judged.profile, scenario);
  return reports::html({judged.result, judged.trace, story, scenario});
}

}  // namespace sipharness::cli
