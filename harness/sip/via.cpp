#include "harness/sip/via.hpp"

#include <algorithm>

#include "harness/sip/address.hpp"
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
bool take_protocol(std::string_view& rest, Via& via) {
  constexpr std::string_view usual = "SIP/2.0/";
  bool is_sip = rest.starts_with(usual);
  if (is_sip) {
    rest.remove_prefix(usual.size());
  } else {
    const std::string_view name = take_before_slash(rest);
    const std::string_view version = take_before_slash(rest);
    is_sip = same_ignoring_case(name, "SIP") && version == "2.0";
  }
  rest = trim_left(rest);
  const auto end = std::find_if(rest.begin(), rest.end(), is_blank);
  via.transport = take(rest, static_cast<std::size_t>(end - rest.begin()));
  return is_sip && is_token(via.transport);
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

void read_parameter(const Parameter& parameter, Via& via) {
  if (same_ignoring_case(parameter.name, "branch")) {
    via.branch = parameter.value;
  } else if (same_ignoring_case(parameter.name, "received")) {
    via.received = without_brackets(parameter.value);
  } else if (same_ignoring_case(parameter.name, "rport")) {
    via.has_rport = true;
    via.rport = parse_unsigned<std::uint16_t>(parameter.value);
  }
}

}  // namespace

bool parse_via(std::string_view value, Via& via) {
  std::string_view rest = value.substr(0, find_unquoted(value, ','));
  if (!take_protocol(rest, via)) return false;
  const bool readable = read_sent_by(take(rest, rest.find(';')), via);
  while (const auto parameter = take_parameter(rest)) read_parameter(*parameter, via);
  return readable;
}

std::string stamped_via(std::string_view value, const Endpoint& source) {
  Via via;
  const std::size_t end = std::min(find_unquoted(value, ','), value.size());
  std::string_view rest = value.substr(0, end);
  std::string_view head = rest;
  const bool is_readable =
      take_protocol(head, via) && read_sent_by(take(head, head.find(';')), via);
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
