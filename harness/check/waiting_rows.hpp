#pragma once
// Rows about what is due long after a message: registrations, subscriptions, sessions, returns.
// Others wait for no more than a transaction.

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/verdict/requirement.hpp"

namespace sipharness::check {

/// How they begin.
inline constexpr std::array rows_that_wait{
    std::string_view("GRP-REG"), std::string_view("RFC3261-REG"), std::string_view("GRP-SUB"),
    std::string_view("RFC6665"), std::string_view("RFC3842"),     std::string_view("RFC4028"),
    std::string_view("FO-")};

inline bool waits_for_long(const verdict::Requirement& row) {
  return std::ranges::any_of(rows_that_wait,
                             [&](std::string_view begin) { return row.id.starts_with(begin); });
}

}  // namespace sipharness::check
