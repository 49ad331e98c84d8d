#pragma once
// All rules, and the one function that runs them over a trace.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/rule.hpp"
#include "harness/observed/phone.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::check {

/// The catalogue: one for each requirement that is judged or recorded, folder by folder.
std::span<const Rule> rules();
/// Their rows.
std::span<const verdict::Requirement* const> requirements();
std::vector<std::string_view> requirement_ids();
/// Null for an unknown id.
const verdict::Requirement* find_requirement(std::string_view id);

struct JudgeOptions {
  const scenario::Scenario* scenario = nullptr;
  std::vector<std::string> only;  ///< requirement ids; empty: all
  unsigned jobs = 1;              ///< phones judged side by side; 0: one for each core
};

/// Takes a phone that was judged and its findings, one for each rule in the order of the catalogue.
using TakeJudged = std::function<void(const observed::Phone&, std::span<verdict::Finding>)>;

/// Every rule over every device of the trace. One phone at a time is handed over, in any order if
/// they are judged side by side.
void judge_phones(const trace::Trace& trace, const scenario::Profile& profile,
                  const JudgeOptions& options, const TakeJudged& take);

}  // namespace sipharness::check
