// What a device can get wrong about an INVITE that is answered (RFC 3261 §17.1.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_17_invite{
    DeviationRow{SIPHARNESS_DEVIATION(repeats_after_a_provisional),
                 "goes on repeating the INVITE when the server has said 100",
                 "RFC3261-TIMER-A-STOP",
                 {"PROFILE-T1", "RFC3261-TX-BYTEID"},
                 "primary_says_only_trying"},
    DeviationRow{SIPHARNESS_DEVIATION(acknowledges_an_error_once),
                 "ignores an error response to INVITE that comes again",
                 "RFC3261-TIMER-D",
                 {},
                 "callee_refuses"},
    DeviationRow{SIPHARNESS_DEVIATION(acknowledges_errors_without_their_tag),
                 "leaves the To tag out of the ACK to an error response",
                 "RFC3261-ACK-NON2XX",
                 {},
                 "callee_refuses"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_17_invite_deviations() {
  return rfc3261_17_invite;
}

}  // namespace sipharness::dut
