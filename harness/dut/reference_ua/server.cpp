#include "harness/dut/reference_ua/server.hpp"

#include <algorithm>
#include <utility>

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
  const std::string port = by_service ? "" : fmt::format(":{}", endpoint.port);
  return fmt::format("sip:{}{}{}{}", user, user.empty() ? "" : "@", host, port);
}

void Server::move_to(std::vector<Endpoint> found) {
  machines = std::move(found);
  const bool is_kept = is_located && std::ranges::find(machines, endpoint) != machines.end();
  if (!is_kept) endpoint = machines.front();
  is_located = true;
}

std::vector<Endpoint> Server::machines_in_turn() const {
  if (machines.empty()) return {endpoint};
  std::vector<Endpoint> turn = machines;
  std::ranges::rotate(turn, std::ranges::find(turn, endpoint));
  return turn;
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
