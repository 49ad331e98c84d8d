// What a device can get wrong about the responses it gets (RFC 3261 §8.1.3, §18.1.2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_8_responses{
    DeviationRow{SIPHARNESS_DEVIATION(takes_responses_for_others),
                 "takes a response for its own whose Via names somebody else",
                 "RFC3261-GEN-08",
                 {"PROFILE-T1", "RFC3261-TX-BYTEID"},
                 "through_proxies_and_nat/response_for_another"},
    DeviationRow{SIPHARNESS_DEVIATION(seeks_the_unknown_elsewhere),
                 "tries the secondary when the primary answers with a code it does not know",
                 "RFC3261-GEN-09",
                 {"FO-INV4XX", "GRP-CALL-02", "GRP-CALL-05", "RFC3263-03", "FO-NODUP", "FO-NOPAR",
                  "RFC3261-ACK-2XX", "RFC3261-ROUTE-03", "RFC3261-DLG-06"},
                 "callee_refuses"},
    DeviationRow{SIPHARNESS_DEVIATION(is_deaf_to_other_ports),
                 "overlooks answers from another port than it asked at",
                 "GRP-REG-05",
                 {"PROFILE-T1", "RFC3261-TIMER-E", "RFC3261-TX-BYTEID"},
                 "answers_from_another_port"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_8_responses_deviations() {
  return rfc3261_8_responses;
}

}  // namespace sipharness::dut
