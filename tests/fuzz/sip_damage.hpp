#pragma once
// Damage that knows what SIP is made of: records of an input, lines, values, parameters, words are
// parts of each other, and at every level parts change places, come twice, get lost or come from
// another text. Headers are folded, get each other's values and numbers nobody reckons with. A
// parser sees little of what bytes alone change: most of it ends at the start line.

#include <string>
#include <string_view>

#include "harness/base/rng.hpp"

namespace sipharness::fuzz {

/// One change to `text`: a message, a stream of them, or records that hold some. What is taken from
/// another text is from `other`.
void damage_sip(std::string& text, std::string_view other, Rng& rng);

}  // namespace sipharness::fuzz
