// What a device can get wrong about which server a call goes to (guide, Cases 1 and 2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array guide_calls{
    DeviationRow{SIPHARNESS_DEVIATION(calls_secondary_first),
                 "starts its calls at the secondary",
                 "GRP-CALL-01",
                 {"GRP-CALL-02", "GRP-CALL-05", "RFC3261-GEN-12", "RFC3261-ROUTE-03",
                  "RFC3261-CANCEL-04", "RFC3261-BYE-01", "RFC3261-ROUTE-04"},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(calls_secondary_beside_primary),
                 "calls through the secondary too while the primary is ringing",
                 "GRP-CALL-02",
                 {"FO-NOPAR", "FO-NODUP", "RFC3263-03", "RFC3261-CANCEL-01", "GRP-CALL-05",
                  "RFC3261-ROUTE-03", "RFC3261-CANCEL-03"},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(never_falls_back),
                 "ends the call when the primary does not answer",
                 "GRP-CALL-03",
                 {"GRP-CALL-05", "FO-DET-INV", "FO-DET-EARLY", "FO-T1ST", "FO-NOPAR", "FO-NODUP",
                  "RFC3263-01", "RFC3263-03", "RFC3261-CANCEL-01", "RFC3261-ACK-2XX",
                  "RFC3261-GEN-12", "RFC3261-ROUTE-03", "RFC3261-TIMER-A-STOP", "RFC3261-CANCEL-04",
                  "RFC3261-BYE-01", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(insists_on_lost_primary),
                 "calls through the primary alone when it knows it lost",
                 "GRP-CALL-04",
                 {"RFC3261-GEN-10",
                  "GRP-CALL-03",
                  "GRP-CALL-05",
                  "FO-DET-INV",
                  "FO-DET-EARLY",
                  "FO-DET-REG",
                  "FO-T1ST",
                  "FO-NOPAR",
                  "FO-NODUP",
                  "RFC3263-01",
                  "RFC3263-03",
                  "RFC3261-TIMER-A",
                  "RFC3261-TIMER-B",
                  "RFC3261-CANCEL-01",
                  "RFC3261-GEN-12",
                  "RFC3261-ROUTE-03",
                  "RFC3261-TIMER-A-STOP",
                  "RFC3261-ACK-2XX",
                  "RFC3261-CANCEL-04",
                  "RFC3261-BYE-01",
                  "RFC3261-ROUTE-04"},
                 "primary_silent_from_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(sends_bye_to_primary),
                 "sends the BYE of a call over the secondary to the primary",
                 "GRP-CALL-05",
                 {"RFC3261-TIMER-F", "RFC3261-ROUTE-03", "FO-MID-02"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(dials_late_while_secondary_is_down),
                 "thinks for three seconds before each call while the secondary is down",
                 "GRP-CALL-09",
                 {"GRP-CALL-01"},
                 "secondary_down"},
};

}  // namespace

std::span<const DeviationRow> guide_calls_deviations() {
  return guide_calls;
}

}  // namespace sipharness::dut
