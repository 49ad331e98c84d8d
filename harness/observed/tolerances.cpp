#include "harness/observed/tolerances.hpp"

namespace sipharness::observed {

Tolerance timer_tolerance(const Phone& phone, Duration interval) {
  return {phone.profile.tolerances.timer.of(interval), "tol"};
}

Tolerance failover_grace(const Phone& phone) {
  return {phone.profile.tolerances.fo_grace, "fo_grace"};
}

Tolerance registration_tolerance(const Phone& phone, Duration granted) {
  return {phone.profile.tolerances.registration.of(granted), "tol_reg"};
}

}  // namespace sipharness::observed
