#pragma once
// The comma-separated name=value list behind the scheme of a challenge or of credentials.
// @source RFC 3261 §25.1 (auth-param, quoted-string); RFC 7616 §3.3, §3.4

#include <optional>
#include <string>
#include <string_view>

namespace sipharness::sip {

struct AuthParameter {
  std::string_view name;
  std::string value;  ///< quotes and escapes undone
  bool quoted = false;
};

/// What stands behind the scheme "Digest"; nothing for another scheme.
std::optional<std::string_view> digest_parameters(std::string_view value);

/// Takes the first parameter off the front of `rest`; nothing when none is left or it is
/// unreadable.
std::optional<AuthParameter> take_auth_parameter(std::string_view& rest);

/// `text` in quotes, quotes and backslashes escaped.
std::string quoted(std::string_view text);

}  // namespace sipharness::sip
