#pragma once
// report.html: what a capture shows and what was found in it, on one page that needs nothing else.
// Pure: values in, bytes out.

#include <string>

#include "harness/scenario/scenario.hpp"
#include "harness/story/story.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace reports {

struct HtmlReport {
  const sipharness::verdict::Result& result;
  const sipharness::trace::Trace& trace;
  const sipharness::story::Story& story;
  const sipharness::scenario::Scenario* scenario = nullptr;  ///< null: a foreign capture
  bool is_so_far = false;  ///< the run goes on: its newest messages are drawn
};

std::string html(const HtmlReport& report);

}  // namespace reports
