// What a device can get wrong about the ACK to a 2xx (RFC 3261 §13.2.2.4).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_13_acknowledgements{
    DeviationRow{SIPHARNESS_DEVIATION(acknowledges_on_the_invites_branch),
                 "acknowledges a 2xx on the branch of the INVITE",
                 "RFC3261-ACK-2XX",
                 {},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(acknowledges_an_answer_once),
                 "ignores a 2xx that comes again",
                 "RFC3261-ACK-2XX-REP",
                 {},
                 "answer_comes_again"},
    DeviationRow{SIPHARNESS_DEVIATION(acknowledges_one_of_two_answers),
                 "overlooks the answer of a second one that its call was forked to",
                 "RFC3261-ACK-2XX",
                 {"RFC3261-ACK-2XX-REP", "RFC3261-DLG-05", "RFC3261-GEN-14", "RFC3261-GEN-15",
                  "RFC3261-GEN-16"},
                 "call_is_forked/both_answer"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_13_acknowledgements_deviations() {
  return rfc3261_13_acknowledgements;
}

}  // namespace sipharness::dut
