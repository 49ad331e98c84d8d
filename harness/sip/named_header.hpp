#pragma once
// Headers that are too rare to have a HeaderId, found by their names.

#include <string_view>

#include "harness/sip/message.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {

/// The value of the first header of that name, in whatever case; empty: there is none.
inline std::string_view header_named(const MessageView& message, std::string_view name) {
  for (const Header& header : message.headers())
    if (same_ignoring_case(header.name, name)) return header.value;
  return {};
}

}  // namespace sipharness::sip
