#pragma once
// The tags that a phone made, by what they stand for. @source RFC 3261 §19.3

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// A tag that two calls, or the registrations of two boots, share, or that the phone took over.
struct TagClash {
  std::vector<std::size_t> messages;
  std::string what;
};

struct TagUses {
  std::vector<TagClash> clashes;
  std::optional<std::size_t> too_short;  ///< message: the first with a tag of too few characters
  std::size_t count = 0;                 ///< of the tags
  std::size_t first = 0;                 ///< message: with the first of them in order
};

/// In registrations, calls and answers to calls.
TagUses find_tag_uses(const Phone& phone);

}  // namespace sipharness::observed
