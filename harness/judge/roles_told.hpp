#pragma once
// Who takes part in a capture, as reports tell it.

#include <vector>

#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::judge {

/// Servers, devices, strangers and bystanders, in this order.
std::vector<verdict::RoleInfo> roles_in(const trace::Trace& trace);

}  // namespace sipharness::judge
