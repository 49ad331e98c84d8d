#pragma once
// Which servers a new call is tried at, in order. Pure.
// @source guide.txt, "SIP Server Redundancy" and Case 2; requirements AMB-3, ALG-KNOWNDOWN

#include <optional>
#include <vector>

#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/dut/reference_ua/server.hpp"

namespace sipharness::dut {

/// What is known of a server when the user dials.
struct Standing {
  bool is_registered = false;
  bool is_known_down = false;
  bool is_quarantined = false;
  std::optional<int> calls_since_return;  ///< nothing: it was never lost
};

/// Empty if both servers want to be left alone.
std::vector<ServerRole> route_of_call(const Standing& primary, const Standing& secondary,
                                      const DeviationSet& deviations);

/// How long the user waits between dialling and the first INVITE.
Duration pause_before_dialling(const Standing& secondary, const DeviationSet& deviations);

}  // namespace sipharness::dut
