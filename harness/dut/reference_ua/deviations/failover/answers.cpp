// What a device can get wrong about which answers move a call.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_answers{
    DeviationRow{SIPHARNESS_DEVIATION(shuns_after_bare_503),
                 "avoids the primary for a minute after a 503 that asks for nothing",
                 "RFC3261-GEN-13",
                 {"GRP-CALL-01", "GRP-CALL-02"},
                 "primary_refuses_calls/503_bare"},
    DeviationRow{
        SIPHARNESS_DEVIATION(leaves_a_slow_primary),
        "leaves the primary after two seconds without an answer",
        "FO-SLOW-LT",
        {"GRP-CALL-03", "GRP-CALL-05", "RFC3263-03", "FO-DET-EARLY", "FO-DET-INV", "FO-NOPAR",
         "FO-LATE-1XX", "FO-LATE-200", "FO-BACK-01", "RFC3261-ROUTE-03", "GRP-CALL-08"},
        "primary_answers_slowly"},
    DeviationRow{SIPHARNESS_DEVIATION(gives_up_at_503),
                 "takes a 503 of the primary for the end of the call",
                 "FO-INV503",
                 {"RFC3263-01", "RFC3263-03", "GRP-CALL-05", "FO-NODUP", "FO-NOPAR", "FO-T1ST"},
                 "primary_refuses_calls/503_with_retry_after"},
    DeviationRow{SIPHARNESS_DEVIATION(seeks_the_busy_elsewhere),
                 "tries the secondary when the primary says that the callee is busy",
                 "FO-INV4XX",
                 {"GRP-CALL-02", "GRP-CALL-05", "RFC3263-03", "FO-NODUP", "FO-NOPAR",
                  "RFC3261-ACK-2XX", "RFC3261-ROUTE-03", "RFC3261-DLG-06"},
                 "callee_refuses"},
};

}  // namespace

std::span<const DeviationRow> failover_answers_deviations() {
  return failover_answers;
}

}  // namespace sipharness::dut
