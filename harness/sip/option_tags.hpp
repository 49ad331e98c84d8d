#pragma once
// Option tags in Supported, Require and their kin. @source RFC 3261 §19.2, §20.32, §20.37

#include <string_view>

#include "harness/sip/message.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {

/// Whether a header of this kind lists the tag, in whatever case (§7.3.1).
inline bool lists_option(const MessageView& message, HeaderId id, std::string_view tag) {
  for (const Header& header : message.headers_from(id)) {
    if (header.id != id) continue;
    for (std::string_view rest = header.value; !rest.empty();)
      if (same_ignoring_case(take_list_member(rest), tag)) return true;
  }
  return false;
}

}  // namespace sipharness::sip
