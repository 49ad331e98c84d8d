#include "harness/sip/method.hpp"

#include <array>

#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr std::array<std::string_view, 15> method_names = {
    "",       "INVITE",  "ACK",     "BYE",  "CANCEL", "REGISTER", "OPTIONS", "SUBSCRIBE",
    "NOTIFY", "PUBLISH", "MESSAGE", "INFO", "PRACK",  "UPDATE",   "REFER"};

constexpr std::array<std::string_view, header_id_count> header_names = {"",
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

constexpr std::size_t slot_count = 256;

/// A hash of length, first and last letter without case; the factors tell all known names apart
/// (checked below).
constexpr std::size_t slot_of(std::string_view name) {
  const auto first = static_cast<unsigned char>(name.front() | 0x20);
  const auto last = static_cast<unsigned char>(name.back() | 0x20);
  return (name.size() + std::size_t{2} * first + std::size_t{11} * last) % slot_count;
}

constexpr std::array<HeaderId, slot_count> make_slots() {
  std::array<HeaderId, slot_count> slots{};
  for (std::size_t i = 1; i < header_names.size(); ++i) {
    slots[slot_of(header_names[i])] = static_cast<HeaderId>(i);
  }
  return slots;
}

constexpr auto header_slots = make_slots();

constexpr bool slots_hold_every_header() {
  for (std::size_t i = 1; i < header_names.size(); ++i) {
    if (header_slots[slot_of(header_names[i])] != static_cast<HeaderId>(i)) return false;
  }
  return true;
}
static_assert(slots_hold_every_header(), "two header names share a slot: choose other factors");

}  // namespace

Method method_of(std::string_view token) {
  for (std::size_t i = 1; i < method_names.size(); ++i) {
    if (token == method_names[i]) return static_cast<Method>(i);
  }
  return Method::unknown;
}

std::string_view to_string(Method method) {
  return method_names[static_cast<std::size_t>(method)];
}

HeaderId header_of(std::string_view name) {
  if (name.empty()) return HeaderId::other;
  if (name.size() == 1) return compact_header(lower(name.front()));
  const HeaderId candidate = header_slots[slot_of(name)];
  const std::string_view known = header_names[static_cast<std::size_t>(candidate)];
  return name == known || same_ignoring_case(name, known) ? candidate : HeaderId::other;
}

std::string_view to_string(HeaderId header) {
  return header_names[static_cast<std::size_t>(header)];
}

}  // namespace sipharness::sip
