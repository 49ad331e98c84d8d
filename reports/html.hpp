#pragma once
// report.html: what a capture shows and what was found in it, on one page that needs nothing else.
//  1. Pure: values in, bytes out. The page asks nothing of any network, and its own policy
//     (Content-Security-Policy) lets only the script and the style run that were built in.
//  2. What came from outside is data in it (JSON, escaped) and reaches the document as text only.

#include <string>

#include "harness/story/story.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace reports {

struct HtmlReport {
  const sipharness::verdict::Result& result;
  const sipharness::trace::Trace& trace;
  const sipharness::story::Story& story;
};

std::string html(const HtmlReport& report);

}  // namespace reports
