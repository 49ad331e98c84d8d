#include "harness/scenario/profile.hpp"

#include <cstdlib>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "harness/sip/text.hpp"

namespace sipharness::scenario {

Account account_of(const Account& first, unsigned device) {
  if (device == 0 || first.is_any()) return first;
  Account account = first;
  const auto number = sip::parse_unsigned<std::uint32_t>(first.user);
  account.user = number ? std::to_string(std::uint64_t{*number} + device)
                        : fmt::format("{}{}", first.user, device + 1);
  return account;
}

Tolerances default_tolerances(std::string_view kind) {
  if (kind == "reference") return {};
  if (kind == "process") return {{60ms, 5}, 1s, {1s, 1}, 200ms, 2s};
  return {{100ms, 10}, 2s, {2s, 2}, 200ms, 2s};
}

bool Profile::claims_guide() const {
  return std::find(vendor_claims.begin(), vendor_claims.end(), "guide") != vendor_claims.end();
}

bool Profile::has_setting(std::string_view key) const {
  return !drive || std::find(drive->lacks.begin(), drive->lacks.end(), key) == drive->lacks.end();
}

Duration Profile::request_timeout() const {
  const Duration longest = timers.sixty_four_t1();
  if (!max_request_retries) return longest;
  const int doublings = std::clamp(*max_request_retries, 0, 16) + 1;
  return std::min(longest, timers.t1 * ((1 << doublings) - 1));
}

std::optional<std::string> resolve(const std::optional<Password>& password) {
  if (!password) return std::nullopt;
  switch (password->kind) {
    case Password::Kind::test:
      return password->value;
    case Password::Kind::env: {
      const char* const value = std::getenv(password->value.c_str());
      return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    }
    case Password::Kind::file: {
      std::ifstream file(password->value);
      std::string line;
      return std::getline(file, line) ? std::optional(line) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace sipharness::scenario
