#include "harness/dut/reference_ua/server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::dut {
namespace {

/// policy: longer than this is not believed.
constexpr std::chrono::seconds longest_quarantine = 24h;

}  // namespace

std::string Server::uri(std::string_view user) const {
  if (host.empty()) return sip::make_uri(user, endpoint);
  return fmt::format("sip:{}{}{}:{}", user, user.empty() ? "" : "@", host, endpoint.port);
}

void Server::take_retry_after(const sip::MessageView& response, TimePoint now) {
  if (response.status() != 503) return;
  // "120 (maintenance);duration=60": only the leading number says how long to stay away.
  std::string_view value = response.header(sip::HeaderId::retry_after);
  value = value.substr(0, value.find_first_not_of("0123456789"));
  const auto seconds = sip::parse_unsigned<std::uint32_t>(value);
  if (!seconds) return;
  quarantined_until = now + std::min(std::chrono::seconds(*seconds), longest_quarantine);
}

}  // namespace sipharness::dut
