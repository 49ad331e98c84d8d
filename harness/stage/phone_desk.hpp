#pragma once
// A phone and what it needs beside the SIP servers: its driver, the web server that hands out its
// configuration and takes its action URLs, and the NOTIFYs that make it fetch.

#include <memory>
#include <vector>

#include "harness/dut/device.hpp"
#include "harness/stage/devices.hpp"

namespace sipharness::stage {

/// Throws SetupError where the phone cannot be reached, set or driven as the scenario needs it.
std::unique_ptr<dut::Device> make_phone(const RealServices& services);

/// Where HTTP between harness and phone ends: it has passwords in it. None without a phone.
std::vector<Endpoint> http_endpoints(const Production& production);

}  // namespace sipharness::stage
