#pragma once
// How long a response asks to be left alone.

#include <chrono>
#include <optional>

#include "harness/sip/message.hpp"

namespace sipharness::observed {

/// Nothing if it does not. @source RFC 3261 §20.33
std::optional<std::chrono::seconds> retry_after(const sip::MessageView& response);

}  // namespace sipharness::observed
