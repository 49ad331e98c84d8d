#pragma once
// The tolerances of a profile by name, as findings cite them (requirements §0.3).

#include <string_view>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct Tolerance {
  Duration value{};
  std::string_view name;  ///< its key in the profile: "fo_grace"
};

Tolerance timer_tolerance(const Phone& phone, Duration interval);
Tolerance failover_grace(const Phone& phone);
Tolerance registration_tolerance(const Phone& phone, Duration granted);

}  // namespace sipharness::observed
