#pragma once
// report.html of what was judged.

#include <string>

#include "harness/judge/judge.hpp"

namespace sipharness::cli {

/// @param so_far the run goes on
std::string page_of(const judge::Judged& judged, bool so_far = false);

/// That of a run folder as seen from where a document about several will stand; empty: there is
/// none, or no document is written.
std::string page_seen_from(const std::string& document, const std::string& folder);

}  // namespace sipharness::cli
