// What a device can get wrong about retransmissions and timeouts of its requests (RFC 3261 §17.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_17_transactions{
    DeviationRow{SIPHARNESS_DEVIATION(changes_retransmissions),
                 "changes a header from one transmission to the next",
                 "RFC3261-TX-BYTEID",
                 {"RFC3261-TIMER-A", "RFC3261-TIMER-B", "RFC3261-TIMER-E", "RFC3261-TIMER-F",
                  "RFC3261-REG-10", "GRP-REG-08"},
                 "primary_silent_from_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(caps_timer_a_at_t2),
                 "stops doubling the INVITE's intervals at T2",
                 "RFC3261-TIMER-A",
                 {},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(keeps_sending_invite_past_timer_b),
                 "falls back at 64*T1 and goes on repeating the INVITE to the primary",
                 "RFC3261-TIMER-B",
                 {"FO-NOPAR", "RFC3261-TIMER-A", "RFC3261-TIMER-E", "RFC3261-TIMER-F"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(never_caps_timer_e),
                 "goes on doubling the REGISTER's intervals past T2",
                 "RFC3261-TIMER-E",
                 {},
                 "primary_silent_from_boot"},
    DeviationRow{
        SIPHARNESS_DEVIATION(keeps_sending_past_timer_f),
        "goes on repeating REGISTER past 64*T1",
        "RFC3261-TIMER-F",
        {"RFC3261-TIMER-E", "RFC3261-REG-10", "RFC3261-REG-11", "GRP-REG-08", "FO-DET-REG"},
        "primary_silent_from_boot"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_17_transactions_deviations() {
  return rfc3261_17_transactions;
}

}  // namespace sipharness::dut
