#include "harness/dut/reference_ua/routing.hpp"

namespace sipharness::dut {

std::vector<ServerRole> route_of_call(const Standing& primary, const Standing& secondary,
                                      const DeviationSet& deviations) {
  const bool lost = primary.is_known_down && !has(deviations, Deviation::ignores_failed_refresh);
  if (lost && has(deviations, Deviation::insists_on_lost_primary)) return {ServerRole::primary};
  // Case 2: the registered primary first; a server known lost is not worth 64*T1 of waiting.
  if (lost && secondary.is_registered && !secondary.is_quarantined) return {ServerRole::secondary};
  const bool turned_away =
      primary.calls_since_return &&
      has(deviations, *primary.calls_since_return == 0 ? Deviation::returns_one_call_late
                                                       : Deviation::turns_away_after_one_call);
  if (turned_away || has(deviations, Deviation::calls_secondary_first))
    return {ServerRole::secondary, ServerRole::primary};
  std::vector<ServerRole> route;
  if (!primary.is_quarantined) route.push_back(ServerRole::primary);
  if (!secondary.is_quarantined) route.push_back(ServerRole::secondary);
  return route;
}

Duration pause_before_dialling(const Standing& secondary, const DeviationSet& deviations) {
  const bool waits = has(deviations, Deviation::dials_late_while_secondary_is_down);
  return waits && secondary.is_known_down ? 3s : 0s;
}

}  // namespace sipharness::dut
