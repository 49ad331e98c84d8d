#include "harness/sip/session_expires.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {

std::optional<SessionExpires> parse_session_expires(std::string_view value) {
  const std::size_t end = std::min(value.find(';'), value.size());
  const auto seconds = parse_unsigned<std::uint32_t>(trim(value.substr(0, end)));
  if (!seconds) return std::nullopt;
  SessionExpires session{std::chrono::seconds(*seconds), Refresher::unsaid};
  const std::string_view refresher =
      find_parameter(value.substr(end), "refresher").value_or(std::string_view());
  if (same_ignoring_case(refresher, "uac")) session.refresher = Refresher::uac;
  if (same_ignoring_case(refresher, "uas")) session.refresher = Refresher::uas;
  return session;
}

std::string to_string(const SessionExpires& session) {
  const std::string seconds = std::to_string(session.interval.count());
  if (session.refresher == Refresher::unsaid) return seconds;
  return fmt::format("{};refresher={}", seconds,
                     session.refresher == Refresher::uac ? "uac" : "uas");
}

Duration margin_before_expiry(Duration interval) {
  return std::min<Duration>(32s, interval / 3);
}

}  // namespace sipharness::sip
