// What a device can get wrong about what is judged in every run.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array always_told{
    DeviationRow{SIPHARNESS_DEVIATION(dies_at_first_call),
                 "dies when the first answer to an INVITE arrives",
                 "DUT-ALIVE",
                 {"DUT-RESTART",     "GRP-CALL-05",         "GRP-REG-02",     "GRP-REG-03",
                  "GRP-REG-04",      "GRP-REG-05",          "GRP-REG-07",     "RFC3261-REG-03",
                  "RFC3261-REG-04",  "RFC3261-REG-09",      "RFC3261-REG-10", "RFC3261-TIMER-E",
                  "RFC3261-TIMER-F", "RFC3261-ACK-2XX",     "FO-DET-REG",     "FO-NODUP",
                  "RFC3261-REG-13",  "RFC3261-ACK-2XX-REP", "RFC3261-GEN-12", "RFC3261-ROUTE-03",
                  "RFC3261-BYE-01",  "RFC3261-CANCEL-04",   "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(dies_at_a_broken_answer),
                 "dies when an answer arrives that is no SIP",
                 "DUT-ALIVE",
                 {"GRP-REG-02", "GRP-REG-03", "GRP-REG-04", "GRP-REG-07", "GRP-REG-08",
                  "PROFILE-T1", "RFC3261-REG-09", "RFC3261-REG-11", "RFC3261-TIMER-E",
                  "RFC3261-TIMER-F", "RFC3261-TX-BYTEID"},
                 "broken_answers/no_headers"},
    DeviationRow{SIPHARNESS_DEVIATION(restarts_by_itself),
                 "starts anew thirty seconds after its first boot",
                 "DUT-RESTART",
                 {"RFC3261-REG-03", "RFC3261-REG-13"},
                 "refresh_before_expiry"},
    DeviationRow{SIPHARNESS_DEVIATION(sends_garbage),
                 "sends the primary a datagram that is no SIP",
                 "DUT-PARSE",
                 {},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(uses_a_slower_t1),
                 "counts its intervals from one and a half times the configured T1",
                 "PROFILE-T1",
                 {"RFC3261-TIMER-A", "RFC3261-TIMER-E"},
                 "primary_silent_from_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(asks_for_double_expiration),
                 "asks for twice the configured expiration",
                 "PROFILE-EXPIRY",
                 {"GRP-CFG-03"},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(uses_tcp_against_profile),
                 "uses TCP although it is set to UDP",
                 "PROFILE-TRANSPORT",
                 {"RFC3261-REG-05", "RFC3261-GEN-05", "RFC3581-01", "FO-TCP-REUSE"},
                 "both_up_register"},
};

}  // namespace

std::span<const DeviationRow> always_told_deviations() {
  return always_told;
}

}  // namespace sipharness::dut
