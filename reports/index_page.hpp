#pragma once
// index.html: several runs on one page, the worst first, each with a link to its own.

#include <string>
#include <vector>

#include "harness/verdict/result.hpp"

namespace reports {

/// `pages` are those of the results, one for each, relative to where this page will stand; empty:
/// that run has none.
std::string index_page(const sipharness::verdict::Batch& batch,
                       const std::vector<std::string>& pages);

}  // namespace reports
