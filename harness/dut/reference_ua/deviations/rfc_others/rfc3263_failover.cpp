// What a device can get wrong about the next server (RFC 3263 §4.3).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rows{
    DeviationRow{SIPHARNESS_DEVIATION(pauses_long_before_fallback),
                 "turns to the secondary ten seconds after the primary failed",
                 "RFC3263-01",
                 {"GRP-CALL-03", "FO-DET-INV", "FO-T1ST"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(sends_same_branch_at_both_servers),
                 "keeps the branch when it turns to the secondary",
                 "RFC3263-03",
                 {"RFC3261-GEN-04", "RFC3263-01", "RFC3261-TX-BYTEID"},
                 "primary_silent_on_invite"},
};

}  // namespace

std::span<const DeviationRow> rfc3263_4_failover_deviations() {
  return rows;
}

}  // namespace sipharness::dut
