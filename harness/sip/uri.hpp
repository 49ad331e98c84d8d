#pragma once
// SIP URIs and their comparison. @source RFC 3261 §19.1.1, §19.1.4

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {

struct Uri {
  std::string_view scheme;  ///< "sip", "sips", "tel" as written
  std::string_view user;    ///< without password; escapes as written
  std::string_view password;
  std::string_view host;        ///< IPv6 without brackets
  std::uint16_t port = 0;       ///< 0 when absent
  std::string_view parameters;  ///< beginning with ';' or empty
  std::string_view headers;     ///< beginning with '?' or empty

  bool has_user() const { return !user.empty(); }
  std::optional<std::string_view> parameter(std::string_view name) const;
  /// Host (if numeric) and port (5060 if absent) as an endpoint.
  std::optional<Endpoint> endpoint() const;
  /// The host that a request for it goes to: that of maddr, if there is one.
  /// @source RFC 3261 §18.1.1, §19.1.1; RFC 3263 §4
  std::string_view next_host() const;
  /// That as an endpoint.
  std::optional<Endpoint> next_hop() const;
  /// A request for it goes over a connection: TCP, TLS, WebSocket. @source RFC 3263 §4.1
  bool asks_for_stream() const;
};

/// No blank, control character, quote or angle bracket, and nothing beyond ASCII.
inline constexpr CharacterSet uri_characters([](char c) {
  return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != '"';
});

std::optional<Uri> parse_uri(std::string_view text);

/// Equal by §19.1.4: user case-sensitive with escapes undone, host without case, port 5060 not
/// equal to no port, user/ttl/method/maddr/transport parameters must match, others only if both
/// have them. An unreadable URI equals only the same bytes.
bool same_uri(std::string_view a, std::string_view b);

/// "sip:user@host:port" ; user may be empty.
std::string make_uri(std::string_view user, const Endpoint& at,
                     Transport transport = Transport::udp);

}  // namespace sipharness::sip
