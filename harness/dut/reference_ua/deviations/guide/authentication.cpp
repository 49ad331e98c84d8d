// What a device can get wrong about challenges of either server (guide, last note).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array guide_authentication{
    DeviationRow{SIPHARNESS_DEVIATION(dials_only_after_a_challenge),
                 "makes no call until some server has challenged it",
                 "GRP-AUTH-01",
                 {"GRP-CALL-01", "GRP-CALL-02", "FO-NODUP", "DUT-ALIVE", "RFC3261-ACK-2XX",
                  "RFC3261-GEN-07", "RFC3261-GEN-12", "RFC3261-TIMER-A-STOP", "RFC3261-CANCEL-04",
                  "RFC3261-BYE-01", "RFC3261-ROUTE-03", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_a_first_challenge_for_a_failure),
                 "turns to the secondary when the primary first challenges an INVITE",
                 "GRP-AUTH-02",
                 {"GRP-CALL-02", "AUTH-07"},
                 "proxy_challenges_calls"},
};

}  // namespace

std::span<const DeviationRow> guide_authentication_deviations() {
  return guide_authentication;
}

}  // namespace sipharness::dut
