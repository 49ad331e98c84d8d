#pragma once
// SIP methods and header names, with their compact forms.
// @source RFC 3261 §7.3.3 (compact forms), §20; RFC 3262, 3265/6665, 3428, 3903, 4028

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sipharness::sip {

enum class Method : std::uint8_t {
  unknown,
  invite,
  ack,
  bye,
  cancel,
  register_,
  options,
  subscribe,
  notify,
  publish,
  message,
  info,
  prack,
  update,
  refer
};

/// Case-sensitive (RFC 3261 §7.1); unknown for an extension method.
Method method_of(std::string_view token);
std::string_view to_string(Method method);

/// Headers the harness asks for by name; every other one is `other`.
enum class HeaderId : std::uint8_t {
  other,
  accept,
  allow,
  allow_events,
  authorization,
  call_id,
  contact,
  content_encoding,
  content_length,
  content_type,
  cseq,
  event,
  expires,
  from,
  max_forwards,
  min_expires,
  min_se,
  path,
  proxy_authenticate,
  proxy_authorization,
  proxy_require,
  record_route,
  refer_to,
  require,
  retry_after,
  route,
  server,
  service_route,
  session_expires,
  subject,
  subscription_state,
  supported,
  to,
  unsupported,
  user_agent,
  via,
  warning,
  www_authenticate
};

inline constexpr std::size_t header_id_count =
    static_cast<std::size_t>(HeaderId::www_authenticate) + 1;

/// Case-insensitive; knows the compact forms.
HeaderId header_of(std::string_view name);
/// The long name, as written on the wire.
std::string_view to_string(HeaderId header);

}  // namespace sipharness::sip
