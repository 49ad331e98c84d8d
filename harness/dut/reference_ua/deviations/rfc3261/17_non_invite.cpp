// What a device can get wrong about a response to a request other than INVITE (RFC 3261 §17.1.2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_17_non_invite{
    DeviationRow{SIPHARNESS_DEVIATION(rests_after_a_provisional),
                 "waits in silence after a provisional response to REGISTER",
                 "RFC3261-TIMER-E-PROV",
                 {},
                 "only_trying_for_register/at_700ms"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_at_a_repeated_answer),
                 "registers again when the 200 to its REGISTER comes twice",
                 "RFC3261-TIMER-K",
                 {"DUT-RESTART", "GRP-REG-05", "RFC3261-REG-03", "RFC3261-REG-04", "RFC3261-REG-09",
                  "RFC3261-REG-10"},
                 "answers_come_twice"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_17_non_invite_deviations() {
  return rfc3261_17_non_invite;
}

}  // namespace sipharness::dut
