#pragma once
// What the grammar forbids in a header that can be read all the same: the remarks that a message
// gets beside what keeps it from being read.
// @source RFC 3261 §20, §20.10, §20.17, §25.1; RFC 4475 §3.1.2, §3.2 (the same by example)

#include "harness/sip/address.hpp"
#include "harness/sip/header_range.hpp"
#include "harness/sip/via.hpp"

namespace sipharness::sip {

/// A literal, "an empty parameter"; null: nothing. Looks at Via, From, To, Contact and Date.
const char* find_syntax_problem(const Header& header);

/// The same of what was read already: the only Via of a header, or the address in one.
const char* problem_of_via(std::string_view value, const Via& via);
const char* problem_of_address(std::string_view value, const Address& address);

}  // namespace sipharness::sip
