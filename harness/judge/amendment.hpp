#pragma once
// What is done to a finding after it was made and before it is counted: verdicts that rest on a
// guess, or on a device that was not well, are taken back; notes are taken of what it says.

#include <functional>
#include <vector>

#include "harness/verdict/finding.hpp"

namespace sipharness::judge {

using Amendment = std::function<void(verdict::Finding&)>;

/// One after the other.
inline void amend(verdict::Finding& finding, const std::vector<Amendment>& amendments) {
  for (const Amendment& amendment : amendments) amendment(finding);
}

/// Puts `more` behind `amendments`.
inline void append(std::vector<Amendment>& amendments, std::vector<Amendment> more) {
  for (Amendment& one : more) amendments.push_back(std::move(one));
}

}  // namespace sipharness::judge
