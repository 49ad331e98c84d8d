#pragma once
// report.html of what was judged.

#include <string>

#include "harness/judge/judge.hpp"

namespace sipharness::cli {

std::string page_of(const judge::Judged& judged);

}  // namespace sipharness::cli
