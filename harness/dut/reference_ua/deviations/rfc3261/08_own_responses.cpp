// What a device can get wrong about the responses it makes (RFC 3261 §8.2.6.2, §12.1.1, §18.2.2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_8_own_responses{
    DeviationRow{SIPHARNESS_DEVIATION(rings_without_a_tag),
                 "leaves the tag out of its 180",
                 "RFC3261-GEN-14",
                 {},
                 "requests_to_device/repeated"},
    DeviationRow{SIPHARNESS_DEVIATION(rings_with_another_number),
                 "gives its 180 another CSeq number than the INVITE has",
                 "RFC3261-GEN-15",
                 {},
                 "requests_to_device/repeated"},
    DeviationRow{SIPHARNESS_DEVIATION(answers_at_the_other_server),
                 "sends its 200 to UPDATE to the other server",
                 "RFC3261-GEN-16",
                 {"RFC3581-02", "RFC3261-TIMER-J"},
                 "change_by_far_end/update"},
    DeviationRow{SIPHARNESS_DEVIATION(answers_without_contact),
                 "leaves the Contact out of its 2xx to INVITE",
                 "RFC3261-GEN-17",
                 {},
                 "requests_to_device/repeated"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_8_own_responses_deviations() {
  return rfc3261_8_own_responses;
}

}  // namespace sipharness::dut
