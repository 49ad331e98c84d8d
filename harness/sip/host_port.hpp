#pragma once
// host or host:port as nearly everybody writes it: no blanks around the colon, no brackets.

#include <cstdint>
#include <string_view>

#include "harness/sip/text.hpp"

namespace sipharness::sip {

struct HostPort {
  std::string_view host;
  std::uint16_t port = 0;  ///< 0 when absent, too
  std::size_t size = 0;    ///< of all; 0: the text does not begin so
};

/// What stands so at the front of `text`, whatever follows.
[[gnu::always_inline]] inline HostPort plain_host_port(std::string_view text,
                                                       const CharacterSet& host_characters) {
  std::size_t host = 0;
  while (host < text.size() && host_characters.contains(text[host])) ++host;
  std::size_t end = host;
  unsigned port = 0;
  if (end < text.size() && text[end] == ':')
    for (++end; end < text.size() && is_digit(text[end]) && port <= 0xffff; ++end)
      port = port * 10 + static_cast<unsigned>(text[end] - '0');
  if (host == 0 || end == host + 1 || port > 0xffff) return {};
  return {{text.data(), host}, static_cast<std::uint16_t>(port), end};
}

}  // namespace sipharness::sip
