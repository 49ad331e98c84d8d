#pragma once
// Which requirements a word of the command line means.
//  1. An id means itself; the front part of ids up to a dash means all of them ("GRP-REG").
//  2. "rfc3261/17" means every clause of RFC 3261 §17, also §17.1.1.2, and not §171.
//  3. "guide" means the rows of the Server Redundancy Guide. Case does not matter.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict {

/// Of `rows`, in their order; empty if the word means none.
std::vector<const Requirement*> select(std::string_view word,
                                       std::span<const Requirement* const> rows);

/// "RFC 3261 §10.2, §8.1.1.2" as "rfc3261/10.2" and "rfc3261/8.1.1.2"; "guide, Case 2" as "guide".
std::vector<std::string> clause_paths(std::string_view clause);

}  // namespace sipharness::verdict
