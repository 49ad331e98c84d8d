// What a device can get wrong about noticing a loss, and when.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_detection{
    DeviationRow{
        SIPHARNESS_DEVIATION(ignores_failed_refresh),
        "believes in the primary although the refresh failed",
        "FO-DET-REG",
        {"RFC3261-GEN-10", "GRP-CALL-01", "GRP-CALL-03", "GRP-CALL-04", "GRP-CALL-05", "FO-DET-INV",
         "FO-DET-EARLY", "FO-T1ST", "FO-NOPAR", "FO-NODUP", "RFC3263-01", "RFC3263-03",
         "RFC3261-TIMER-A", "RFC3261-TIMER-B", "RFC3261-CANCEL-01", "RFC3261-ACK-2XX"},
        "primary_lost_at_refresh"},
    DeviationRow{SIPHARNESS_DEVIATION(notices_silent_primary_late),
                 "waits for a silent primary half as long again as Timer B",
                 "FO-DET-INV",
                 {"GRP-CALL-03", "FO-T1ST", "RFC3263-01", "RFC3261-TIMER-B", "RFC3261-TIMER-E",
                  "RFC3261-TIMER-F"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(falls_back_before_repeating),
                 "leaves the primary before it has repeated the INVITE once",
                 "FO-DET-EARLY",
                 {"RFC3261-GEN-10", "GRP-CALL-03", "FO-T1ST", "RFC3263-01", "RFC3261-TIMER-A",
                  "RFC3261-TIMER-B", "FO-NOPAR", "RFC3261-CANCEL-01"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(hesitates_before_fallback),
                 "turns to the secondary a second after the primary failed",
                 "FO-T1ST",
                 {"GRP-CALL-03", "FO-DET-INV", "RFC3263-01"},
                 "primary_silent_on_invite"},
};

}  // namespace

std::span<const DeviationRow> failover_detection_deviations() {
  return failover_detection;
}

}  // namespace sipharness::dut
