#include "harness/sip/via.hpp"

#include <algorithm>
#include <cstring>

#include "harness/sip/first_parameter.hpp"
#include "harness/sip/host_port.hpp"
#include "harness/sip/line_text.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

/// Takes "token /" with optional blanks off the front of `rest`.
std::string_view take_before_slash(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view token = trim(take(rest, slash));
  rest.remove_prefix(1);
  return token;
}

/// "SIP / 2.0 / UDP" and the blank behind it.
[[gnu::always_inline]] inline bool take_protocol(std::string_view& rest, Via& via) {
  constexpr std::string_view usual = "SIP/2.0/";
  bool is_sip =
      rest.size() >= usual.size() && std::memcmp(rest.data(), usual.data(), usual.size()) == 0;
  if (is_sip) {
    rest.remove_prefix(usual.size());
  } else {
    const std::string_view name = take_before_slash(rest);
    const std::string_view version = take_before_slash(rest);
    is_sip = same_ignoring_case(name, "SIP") && version == "2.0";
  }
  rest = trim_left(rest);
  std::size_t end = 0;
  while (end < rest.size() && token_characters.contains(rest[end])) ++end;
  const bool is_transport = end != 0 && (end == rest.size() || is_blank(rest[end]));
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  via.transport = {rest.data(), end};
  rest.remove_prefix(end);
  return is_sip && is_transport;
}

std::string_view without_brackets(std::string_view host) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

/// host[:port], with blanks around the colon if they please (RFC 3261 §25.1, COLON).
bool read_sent_by(std::string_view sent_by, Via& via) {
  via.sent_by = trim(sent_by);
  std::string_view rest = via.sent_by;
  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  via.host = without_brackets(trim(take(rest, rest.find(':', bracket))));
  if (!is_one_word(via.host)) return false;
  if (rest.empty()) return !via.host.empty();
  const auto port = parse_unsigned<std::uint16_t>(trim(rest.substr(1)));
  via.port = port.value_or(0);
  return port.has_value() && !via.host.empty();
}

/// The sent-by as nearly everybody writes it, taken off the front of `rest`. False: it is not that,
/// and nothing is changed.
[[gnu::always_inline]] inline bool take_plain_sent_by(std::string_view& rest, Via& via) {
  constexpr static CharacterSet host_characters([](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != ';' && c != ':' && c != '[';
  });
  const std::string_view text = trim_left(rest);
  const HostPort plain = plain_host_port(text, host_characters);
  if (plain.size == 0 || (plain.size != text.size() && text[plain.size] != ';')) return false;
  via.host = plain.host;
  via.port = plain.port;
  via.sent_by = {text.data(), plain.size};
  rest = {text.data() + plain.size, text.size() - plain.size};
  return true;
}

bool take_sent_by(std::string_view& rest, Via& via) {
  return take_plain_sent_by(rest, via) || read_sent_by(take(rest, rest.find(';')), via);
}

template <std::size_t size>
bool is_named(const char (&name)[size], const Parameter& parameter) {
  return parameter.name.size() == size - 1 &&
         (std::memcmp(parameter.name.data(), name, size - 1) == 0 ||
          same_ignoring_case(parameter.name, name));
}

void read_parameter(const Parameter& parameter, Via& via) {
  if (is_named("branch", parameter)) {
    via.branch = parameter.value;
  } else if (is_named("received", parameter)) {
    via.received = without_brackets(parameter.value);
  } else if (is_named("rport", parameter)) {
    via.has_rport = true;
    via.rport = parse_unsigned<std::uint16_t>(parameter.value);
  }
}

}  // namespace

bool parse_via(std::string_view value, Via& via) {
  std::string_view rest = value.substr(0, find_unquoted(value, ','));
  via.is_only = rest.size() == value.size();
  if (!take_protocol(rest, via)) return false;
  const bool readable = take_sent_by(rest, via);
  while (const auto parameter = take_first_parameter(rest)) read_parameter(*parameter, via);
  return readable;
}

std::string stamped_via(std::string_view value, const Endpoint& source) {
  Via via;
  const std::size_t end = std::min(find_unquoted(value, ','), value.size());
  std::string_view rest = value.substr(0, end);
  std::string_view head = rest;
  const bool is_readable = take_protocol(head, via) && take_sent_by(head, via);
  if (!is_readable) return std::string(value);
  std::string stamped;
  constexpr std::size_t added = 64;
  stamped.reserve(value.size() + added);
  stamped += trim_right(take(rest, rest.find(';')));
  while (!rest.empty()) {
    const std::string_view before = rest;
    const auto parameter = take_parameter(rest);
    if (!parameter) break;
    if (same_ignoring_case(parameter->name, "received")) continue;
    if (same_ignoring_case(parameter->name, "rport")) {
      via.has_rport = true;
      stamped.append(";rport=").append(std::to_string(source.port));
    } else {
      stamped += trim_right(before.substr(0, before.size() - rest.size()));
    }
  }
  if (via.has_rport || IpAddress::parse(via.host) != source.address) {
    stamped.append(";received=").append(source.address.text());
  }
  return stamped.append(value.substr(end));
}

}  // namespace sipharness::sip
