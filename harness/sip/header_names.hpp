#pragma once
// Header names looked up by a perfect hash, inlined where every line of a message is read.

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "harness/sip/method.hpp"

namespace sipharness::sip {

inline constexpr std::size_t slot_count = 256;

/// A hash of length, first and last letter without case; the factors tell all known names apart
/// (checked below).
constexpr std::size_t slot_of(std::string_view name) {
  const auto first = static_cast<unsigned char>(name.front() | 0x20);
  const auto last = static_cast<unsigned char>(name.back() | 0x20);
  return (name.size() + std::size_t{2} * first + std::size_t{11} * last) % slot_count;
}

/// Where each name of a list stands in it, by slot_of(); 0: no name has that slot.
using Slots = std::array<std::uint8_t, slot_count>;

template <std::size_t count>
constexpr Slots make_slots(const std::array<std::string_view, count>& names) {
  Slots slots{};
  for (std::size_t i = 1; i < count; ++i) slots[slot_of(names[i])] = static_cast<std::uint8_t>(i);
  return slots;
}

template <std::size_t count>
constexpr bool hold_every(const Slots& slots, const std::array<std::string_view, count>& names) {
  for (std::size_t i = 1; i < count; ++i)
    if (slots[slot_of(names[i])] != i) return false;
  return true;
}

/// Of two texts with `size` bytes, that is of one word to two.
template <class Word>
inline bool same_words(const char* a, const char* b, std::size_t size) {
  const auto word = [](const char* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
  };
  const std::size_t last = size - sizeof(Word);
  return word(a) == word(b) && word(a + last) == word(b + last);
}

/// For names, which are short: without a call. Both have two bytes at least.
inline bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() > 16) return a == b;
  if (a.size() >= 8) return same_words<std::uint64_t>(a.data(), b.data(), a.size());
  if (a.size() >= 4) return same_words<std::uint32_t>(a.data(), b.data(), a.size());
  return same_words<std::uint16_t>(a.data(), b.data(), a.size());
}

inline constexpr std::array<std::string_view, header_id_count> header_names = {
    "",
    "Accept",
    "Allow",
    "Allow-Events",
    "Authorization",
    "Call-ID",
    "Contact",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Event",
    "Expires",
    "From",
    "Max-Forwards",
    "Min-Expires",
    "Min-SE",
    "Path",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Require",
    "Record-Route",
    "Refer-To",
    "Require",
    "Retry-After",
    "Route",
    "Server",
    "Service-Route",
    "Session-Expires",
    "Subject",
    "Subscription-State",
    "Supported",
    "To",
    "Unsupported",
    "User-Agent",
    "Via",
    "Warning",
    "WWW-Authenticate"};

inline constexpr Slots header_slots = make_slots(header_names);
static_assert(hold_every(header_slots, header_names), "two names share a slot");

/// header_of(), with the long names as everybody writes them found without a call.
[[gnu::always_inline]] inline HeaderId header_of_name(std::string_view name) {
  if (name.size() < 2) return header_of(name);
  const std::size_t candidate = header_slots[slot_of(name)];
  return same_name(name, header_names[candidate]) ? static_cast<HeaderId>(candidate)
                                                  : header_of(name);
}

}  // namespace sipharness::sip
