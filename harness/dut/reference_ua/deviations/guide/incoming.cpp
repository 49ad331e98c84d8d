// What a device can get wrong about receiving calls (guide, Case 2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array guide_incoming{
    DeviationRow{SIPHARNESS_DEVIATION(turns_secondary_callers_away),
                 "refuses a call of the secondary when the primary is lost",
                 "GRP-CALL-06",
                 {"RFC3261-TIMER-I"},
                 "incoming_via_secondary/answered"},
    DeviationRow{SIPHARNESS_DEVIATION(answers_to_a_live_primary_alone),
                 "refuses a call of the secondary while the primary serves it",
                 "GRP-CALL-07",
                 {"RFC3261-TIMER-I"},
                 "incoming_via_secondary/answered"},
};

}  // namespace

std::span<const DeviationRow> guide_incoming_deviations() {
  return guide_incoming;
}

}  // namespace sipharness::dut
