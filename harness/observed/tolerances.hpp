#pragma once
// The tolerances of a profile by name, as findings cite them (requirements §0.3).

#include "harness/observed/phone.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::observed {

verdict::Tolerance timer_tolerance(const Phone& phone, Duration interval);
verdict::Tolerance failover_grace(const Phone& phone);
verdict::Tolerance registration_tolerance(const Phone& phone, Duration granted);

}  // namespace sipharness::observed
