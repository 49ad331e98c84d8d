// What a device can get wrong about where a server is, and about the next one (RFC 3263 §4).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3263_4_failover{
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
    DeviationRow{
        SIPHARNESS_DEVIATION(asks_for_no_srv),
        "takes a domain for a machine at port 5060",
        "RFC3263-04",
        {"RFC3263-06", "FO-DNS-SRV", "FO-BACK-01", "GRP-CALL-08", "GRP-REG-03", "GRP-REG-08",
         "PROFILE-T1", "RFC3261-TIMER-E", "RFC3261-TIMER-F", "RFC3261-TX-BYTEID"},
        "name_has_targets"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_srv_targets_backwards),
                 "begins with the SRV target that is meant to be the last",
                 "RFC3263-06",
                 {"FO-DNS-SRV", "FO-BACK-01", "GRP-CALL-08", "GRP-REG-03", "GRP-REG-08",
                  "PROFILE-T1", "RFC3261-TIMER-E", "RFC3261-TIMER-F", "RFC3261-TX-BYTEID"},
                 "name_has_targets"},
    DeviationRow{SIPHARNESS_DEVIATION(stays_at_the_first_machine),
                 "asks the SRV target that does not answer again and again",
                 "FO-DNS-SRV",
                 {"FO-BACK-01", "GRP-CALL-04", "GRP-CALL-05", "GRP-CALL-08", "RFC3261-REG-11"},
                 "name_has_targets"},
};

}  // namespace

std::span<const DeviationRow> rfc3263_4_failover_deviations() {
  return rfc3263_4_failover;
}

}  // namespace sipharness::dut
