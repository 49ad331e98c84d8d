#pragma once
// The Session-Expires header: how long a session lasts without a refresh, and who refreshes it.
// @source RFC 4028 §4, §10

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/time.hpp"

namespace sipharness::sip {

/// Who refreshes, as seen from the request that the header stands in or answers.
enum class Refresher : std::uint8_t { unsaid, uac, uas };

struct SessionExpires {
  std::chrono::seconds interval{};
  Refresher refresher = Refresher::unsaid;
};

std::optional<SessionExpires> parse_session_expires(std::string_view value);
/// "90;refresher=uac".
std::string to_string(const SessionExpires& session);

/// How long before its expiry whoever waits for a refresh ends the session: min(32 s, a third).
Duration margin_before_expiry(Duration interval);

}  // namespace sipharness::sip
