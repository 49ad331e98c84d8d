#include "harness/observed/tolerances.hpp"

#include <fmt/format.h>

namespace sipharness::observed {

verdict::Tolerance timer_tolerance(const Phone& phone, Duration interval) {
  return {phone.profile.tolerances.timer.of(interval),
          fmt::format("profile {}: tol", phone.profile.name)};
}

verdict::Tolerance failover_grace(const Phone& phone) {
  return {phone.profile.tolerances.fo_grace,
          fmt::format("profile {}: fo_grace", phone.profile.name)};
}

verdict::Tolerance registration_tolerance(const Phone& phone, Duration granted) {
  return {phone.profile.tolerances.registration.of(granted),
          fmt::format("profile {}: tol_reg", phone.profile.name)};
}

}  // namespace sipharness::observed
