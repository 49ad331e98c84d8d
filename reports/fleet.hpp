#pragma once
// What a fleet did to its servers, in words.

#include <string>
#include <vector>

#include "harness/verdict/fleet.hpp"

namespace reports {

/// Lines without indentation: one on the fleet, then some on each server.
std::vector<std::string> describe_fleet(const sipharness::verdict::Fleet& fleet);

}  // namespace reports
