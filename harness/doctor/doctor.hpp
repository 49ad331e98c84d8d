#pragma once
// What this machine and its privileges allow, told one by one with the remedy. A table of small
// examinations; each tries the thing itself and takes at most a second or so.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.hpp"

namespace sipharness::doctor {

/// `missing`: the reference UA could not be run in real time. `warning`: something else, or less
/// well.
enum class Health : std::uint8_t { ok, warning, missing };

std::string_view to_string(Health health);

struct Diagnosis {
  Health health = Health::ok;
  std::string what;      ///< "port 127.0.0.11:5070 (UDP)"
  std::string found;     ///< "taken by asterisk (process 812)"
  std::string remedy{};  ///< what to do about it; empty if nothing
};

/// What is to be run here.
struct Plan {
  std::vector<scenario::Scenario> scenarios;
  std::vector<scenario::Profile> profiles;  ///< of the devices that may be asked for
  std::string out = "runs";                 ///< where run folders go
  /// Where the servers stand (harness/stage/place/bind.hpp); empty: loopback.
  std::vector<std::string> bind{};
};

struct Examination {
  std::string_view name;
  std::vector<Diagnosis> (*examine)(const Plan&);
};

/// All of them, in the order in which they are told.
std::span<const Examination> examinations();

}  // namespace sipharness::doctor
