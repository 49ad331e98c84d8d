#include "harness/observed/retry_after.hpp"

#include "harness/sip/text.hpp"

namespace sipharness::observed {

std::optional<std::chrono::seconds> retry_after(const sip::MessageView& response) {
  // "120 (maintenance);duration=60": only the leading number says how long to stay away.
  const std::string_view value = response.header(sip::HeaderId::retry_after);
  const auto seconds =
      sip::parse_unsigned<std::uint32_t>(value.substr(0, value.find_first_not_of("0123456789")));
  return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

}  // namespace sipharness::observed
