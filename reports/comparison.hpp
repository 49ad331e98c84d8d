#pragma once
// What `compare` found, for people, programs and the summary of a CI job.

#include <string>

#include "harness/campaign/compare.hpp"

namespace reports {

struct ComparisonOptions {
  bool colour = false;
  std::size_t width = 0;  ///< of a terminal; 0: lines are as long as they are
  bool quiet = false;     ///< the first line only
};

/// Who was compared, what came to be worse, then the rest by kind.
std::string console(const sipharness::campaign::Comparison& comparison,
                    const ComparisonOptions& options);

/// Format sipharness-comparison/1.
std::string json(const sipharness::campaign::Comparison& comparison);

std::string markdown(const sipharness::campaign::Comparison& comparison);

/// One page that needs nothing else.
std::string comparison_page(const sipharness::campaign::Comparison& comparison);

/// "WORSE: 2 newly failing, 1 newly passing, 310 as before".
std::string summary(const sipharness::campaign::Comparison& comparison);

}  // namespace reports
