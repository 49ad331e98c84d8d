#include "harness/sip/method.hpp"

#include <array>

#include "harness/sip/header_names.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr std::array<std::string_view, 15> method_names = {
    "",       "INVITE",  "ACK",     "BYE",  "CANCEL", "REGISTER", "OPTIONS", "SUBSCRIBE",
    "NOTIFY", "PUBLISH", "MESSAGE", "INFO", "PRACK",  "UPDATE",   "REFER"};

/// @source RFC 3261 §7.3.3; RFC 6665 §8.4 (o, u); RFC 3515 §2.1 (r); RFC 4028 §4 (x)
constexpr HeaderId compact_header(char letter) {
  switch (letter) {
    case 'c':
      return HeaderId::content_type;
    case 'e':
      return HeaderId::content_encoding;
    case 'f':
      return HeaderId::from;
    case 'i':
      return HeaderId::call_id;
    case 'k':
      return HeaderId::supported;
    case 'l':
      return HeaderId::content_length;
    case 'm':
      return HeaderId::contact;
    case 'o':
      return HeaderId::event;
    case 'r':
      return HeaderId::refer_to;
    case 's':
      return HeaderId::subject;
    case 't':
      return HeaderId::to;
    case 'u':
      return HeaderId::allow_events;
    case 'v':
      return HeaderId::via;
    case 'x':
      return HeaderId::session_expires;
    default:
      return HeaderId::other;
  }
}

constexpr Slots method_slots = make_slots(method_names);
static_assert(hold_every(method_slots, method_names), "two names share a slot");

}  // namespace

Method method_of(std::string_view token) {
  if (token.size() < 2) return Method::unknown;
  const std::size_t candidate = method_slots[slot_of(token)];
  return same_name(token, method_names[candidate]) ? static_cast<Method>(candidate)
                                                   : Method::unknown;
}

std::string_view to_string(Method method) {
  return method_names[static_cast<std::size_t>(method)];
}

HeaderId header_of(std::string_view name) {
  if (name.empty()) return HeaderId::other;
  if (name.size() == 1) return compact_header(lower(name.front()));
  const std::size_t candidate = header_slots[slot_of(name)];
  return same_ignoring_case(name, header_names[candidate]) ? static_cast<HeaderId>(candidate)
                                                           : HeaderId::other;
}

std::string_view to_string(HeaderId header) {
  return header_names[static_cast<std::size_t>(header)];
}

}  // namespace sipharness::sip
