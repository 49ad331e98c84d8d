#pragma once
// Reports: a result in, text out. Pure functions; writing the text somewhere is the caller's.

#include <string>
#include <vector>

#include "harness/verdict/result.hpp"

namespace reports {

struct ConsoleOptions {
  bool colour = false;
  bool quiet = false;  ///< the verdict line only
  int width = 100;
  bool one_of_several = false;
  std::string folder{};  ///< run folder, named at the end; empty: none
};

/// Verdict first, then what failed with expected, measured, margin and frames, then the rest.
std::string console(const sipharness::verdict::Result& result, const ConsoleOptions& options);

/// result.json, format sipharness-result/1.
std::string json(const sipharness::verdict::Result& result);

/// Several of them, as a JSON array.
std::string json_list(const std::vector<sipharness::verdict::Result>& results);

/// JUnit XML: one testsuite a result, one testcase a finding.
std::string junit(const std::vector<sipharness::verdict::Result>& results);

}  // namespace reports
