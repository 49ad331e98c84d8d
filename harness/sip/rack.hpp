#pragma once
// RAck, which tells the response that a PRACK acknowledges. @source RFC 3262 §7.2

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "harness/sip/message.hpp"
#include "harness/sip/named_header.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {

/// What names a response to an INVITE.
inline std::string rack_for(std::uint32_t rseq, std::uint32_t cseq) {
  return fmt::format("{} {} INVITE", rseq, cseq);
}

/// What stands there, with one blank between its parts; empty if there is no such header.
inline std::string rack_of(const MessageView& prack) {
  std::string words;
  std::string_view rest = trim_left(header_named(prack, "RAck"));
  while (!rest.empty()) {
    if (!words.empty()) words += ' ';
    words += take(rest, std::min(rest.find_first_of(" \t\r\n"), rest.size()));
    rest = trim_left(rest);
  }
  return words;
}

}  // namespace sipharness::sip
