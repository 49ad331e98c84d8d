#include "harness/sip/uri.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/sip/address.hpp"
#include "harness/sip/find_byte.hpp"
#include "harness/sip/host_port.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

/// Takes everything before the first `stop` off the front of `rest`.
std::string_view take_until(std::string_view& rest, char stop) {
  return take(rest, find_byte(rest, stop));
}

constexpr CharacterSet host_characters([](char c) {
  return is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
});

constexpr auto is_ipv6_character = [](char c) {
  return is_alphanumeric(c) || c == ':' || c == '.';
};

/// host, "[ipv6]", each with an optional port.
bool parse_host_port(std::string_view text, Uri& uri) {
  if (!text.starts_with('[')) {
    const HostPort plain = plain_host_port(text, host_characters);
    uri.host = plain.host;
    uri.port = plain.port;
    const bool has_port = plain.size != plain.host.size();
    return !uri.host.empty() && plain.size == text.size() && (uri.port != 0 || !has_port);
  }
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) return false;
  uri.host = text.substr(1, close - 1);
  text.remove_prefix(close + 1);
  if (!std::all_of(uri.host.begin(), uri.host.end(), is_ipv6_character)) return false;
  if (text.empty()) return !uri.host.empty();
  const auto port = parse_unsigned<std::uint16_t>(text.substr(1));
  uri.port = port.value_or(0);
  return text.front() == ':' && uri.port != 0 && !uri.host.empty();
}

/// sip and sips: [user[:password]@]host[:port][;parameters][?headers]
bool parse_sip_rest(std::string_view rest, Uri& uri) {
  // The user may hold ';' and '?', so the '@' is looked for first.
  if (const std::size_t at = find_byte(rest, '@'); at != rest.size()) {
    std::string_view password = rest.substr(0, at);
    uri.user = take_until(password, ':');
    uri.password = password.substr(password.empty() ? 0 : 1);
    rest.remove_prefix(at + 1);
    if (uri.user.empty()) return false;
  }
  const auto ends_host_port = [](char c) { return c == ';' || c == '?'; };
  const auto end = std::find_if(rest.begin(), rest.end(), ends_host_port);
  const std::string_view host_port = take(rest, static_cast<std::size_t>(end - rest.begin()));
  uri.parameters = take_until(rest, '?');
  uri.headers = rest;
  return parse_host_port(host_port, uri);
}

bool read_uri(std::string_view text, Uri& uri) {
  if (!uri_characters.hold(text)) return false;
  const std::size_t colon = find_byte(text, ':');
  if (colon == text.size()) return false;
  uri.scheme = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 1);
  if (same_ignoring_case(uri.scheme, "tel")) {
    uri.user = take_until(rest, ';');
    uri.parameters = rest;
    return uri.has_user();
  }
  const bool is_sip =
      same_ignoring_case(uri.scheme, "sip") || same_ignoring_case(uri.scheme, "sips");
  return is_sip && parse_sip_rest(rest, uri);
}

std::optional<Endpoint> endpoint_of(std::string_view host, std::uint16_t port) {
  const auto address = IpAddress::parse(host);
  if (!address) return std::nullopt;
  return Endpoint{*address, port != 0 ? port : std::uint16_t{5060}};
}

bool is_reserved(char c) {
  return std::string_view(";/?:@&=+$,").find(c) != std::string_view::npos;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// Escapes undone, except those of reserved characters: these mean something else unescaped.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                         hex_value(text[i + 2]) >= 0;
    if (!escaped) {
      plain += text[i];
      continue;
    }
    const char c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    plain +=
        is_reserved(c) ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    i += 2;
  }
  return plain;
}

bool same_unescaped(std::string_view a, std::string_view b) {
  return unescape(a) == unescape(b);
}

bool same_unescaped_ignoring_case(std::string_view a, std::string_view b) {
  return same_ignoring_case(unescape(a), unescape(b));
}

bool same_host(std::string_view a, std::string_view b) {
  if (same_ignoring_case(a, b)) return true;
  const auto address = IpAddress::parse(a);
  return address && address == IpAddress::parse(b);
}

/// These must be the same on both sides even when one side leaves them out.
bool must_match_when_absent(std::string_view name) {
  constexpr std::array<std::string_view, 5> names = {"user", "ttl", "method", "maddr", "transport"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return same_ignoring_case(name, known); });
}

/// Whether nothing in the parameters `mine` contradicts `theirs`.
bool parameters_agree(std::string_view mine, std::string_view theirs) {
  while (const auto parameter = take_parameter(mine)) {
    const auto other = find_parameter(theirs, parameter->name);
    if (!other && must_match_when_absent(parameter->name)) return false;
    if (other && !same_unescaped_ignoring_case(parameter->value, *other)) return false;
  }
  return true;
}

/// Takes one "name=value" off the front of "?a=b&c=d".
std::string_view take_header(std::string_view& rest) {
  rest.remove_prefix(1);
  return take_until(rest, '&');
}

bool has_header(std::string_view headers, std::string_view wanted) {
  while (!headers.empty()) {
    if (same_unescaped_ignoring_case(take_header(headers), wanted)) return true;
  }
  return false;
}

/// Whether every header of `mine` is among `theirs`.
bool headers_agree(std::string_view mine, std::string_view theirs) {
  while (!mine.empty()) {
    if (!has_header(theirs, take_header(mine))) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> Uri::parameter(std::string_view name) const {
  return find_parameter(parameters, name);
}

std::optional<Endpoint> Uri::endpoint() const {
  return endpoint_of(host, port);
}

std::string_view Uri::next_host() const {
  const std::string_view maddr = parameter("maddr").value_or(host);
  return maddr.starts_with('[') && maddr.ends_with(']') ? maddr.substr(1, maddr.size() - 2) : maddr;
}

std::optional<Endpoint> Uri::next_hop() const {
  return endpoint_of(next_host(), port);
}

bool Uri::asks_for_stream() const {
  return same_ignoring_case(scheme, "sips") ||
         !same_ignoring_case(parameter("transport").value_or("udp"), "udp");
}

std::optional<Uri> parse_uri(std::string_view text) {
  std::optional<Uri> uri(std::in_place);
  if (!read_uri(text, *uri)) uri.reset();
  return uri;
}

bool same_uri(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto left = parse_uri(a);
  const auto right = parse_uri(b);
  if (!left || !right) return false;
  return same_ignoring_case(left->scheme, right->scheme) &&
         same_unescaped(left->user, right->user) &&
         same_unescaped(left->password, right->password) && same_host(left->host, right->host) &&
         left->port == right->port && parameters_agree(left->parameters, right->parameters) &&
         parameters_agree(right->parameters, left->parameters) &&
         headers_agree(left->headers, right->headers) &&
         headers_agree(right->headers, left->headers);
}

std::string make_uri(std::string_view user, const Endpoint& at, Transport transport) {
  return fmt::format("sip:{}{}{}{}", user, user.empty() ? "" : "@", at.text(),
                     transport == Transport::tcp ? ";transport=tcp" : "");
}

}  // namespace sipharness::sip
