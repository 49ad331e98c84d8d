#pragma once
// Times as headers and parameters give them: a number of seconds. @source RFC 3261 §25.1
// (delta-seconds)

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/sip/text.hpp"

namespace sipharness::sip {

/// Nothing if there is no text, or it is no such number.
inline std::optional<std::chrono::seconds> seconds_in(std::optional<std::string_view> text) {
  const auto number = text ? parse_unsigned<std::uint32_t>(*text) : std::nullopt;
  return number ? std::optional<std::chrono::seconds>(*number) : std::nullopt;
}

}  // namespace sipharness::sip
