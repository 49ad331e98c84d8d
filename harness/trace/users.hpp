#pragma once
// User parts of the addresses in a message: who calls whom, whose registration it is.

#include <string_view>

#include "harness/sip/message.hpp"

namespace sipharness::trace {

/// The user part of a URI; a tel number as it is; empty where there is none.
std::string_view user_of_uri(std::string_view uri);

/// The user part of the address in `header` (From, To); empty where there is none.
std::string_view user_in(const sip::MessageView& message, sip::HeaderId header);

}  // namespace sipharness::trace
