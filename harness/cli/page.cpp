#include "harness/cli/page.hpp"

#include "harness/story/story.hpp"
#include "reports/html.hpp"

namespace sipharness::cli {

std::string page_of(const judge::Judged& judged) {
  const story::Story story =
      story::tell(judged.trace, judged.profile, judged.scenario ? &*judged.scenario : nullptr);
  return reports::html({judged.result, judged.trace, story});
}

}  // namespace sipharness::cli
