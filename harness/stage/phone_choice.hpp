#pragma once
// What the command line says of a phone: how it is driven and how it gets its configuration.

#include <cstdint>
#include <optional>
#include <string>

#include "harness/scenario/profile.hpp"

namespace sipharness::stage {

/// What the first boot of a scenario does to a phone that is switched on already.
enum class Reprovision : std::uint8_t {
  automatic,  ///< reboot where the passcode is known, else none
  none,
  resync,
  reboot,
};

struct PhoneChoice {
  /// Of its web interface; not given: as the profile says.
  std::optional<scenario::Password> passcode{};
  std::optional<std::string> mac{};  ///< twelve lower-case digits; else learnt when it asks
  /// Where it fetches its configuration and calls its action URLs, at the primary's address.
  std::uint16_t http_port = 8080;
  /// Its requests come from another address than --phone-address; then `mac` is known.
  bool is_behind_nat = false;
  Reprovision reprovision = Reprovision::automatic;
  /// What the phone cannot be made to do is asked of a person.
  bool prompts = false;
};

}  // namespace sipharness::stage
