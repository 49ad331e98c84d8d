// What a device can get wrong about its REGISTER requests (RFC 3261 §10.2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_10_register{
    DeviationRow{SIPHARNESS_DEVIATION(names_a_user_in_the_register_uri),
                 "puts a user part into the Request-URI of REGISTER",
                 "RFC3261-REG-01",
                 {},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_from_another_address),
                 "puts its own host instead of the registrar's into From of REGISTER",
                 "RFC3261-REG-02",
                 {},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(changes_call_id_at_each_register),
                 "takes a new Call-ID for every REGISTER",
                 "RFC3261-REG-03",
                 {"GRP-REG-02", "GRP-REG-04", "GRP-REG-05", "RFC3261-REG-04", "RFC3261-REG-09",
                  "RFC3261-REG-10", "RFC3261-REG-13"},
                 "refresh_before_expiry"},
    DeviationRow{SIPHARNESS_DEVIATION(skips_a_cseq_number),
                 "raises CSeq by two from one REGISTER to the next",
                 "RFC3261-REG-04",
                 {},
                 "refresh_before_expiry"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_a_wrong_contact_port),
                 "registers a port on which it does not listen",
                 "RFC3261-REG-05",
                 {},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(refreshes_after_lapse),
                 "refreshes a moment after the binding has lapsed",
                 "RFC3261-REG-09",
                 {"GRP-REG-02", "GRP-REG-04", "GRP-REG-05", "RFC3261-REG-13"},
                 "refresh_without_margin"},
    DeviationRow{SIPHARNESS_DEVIATION(overlaps_register_attempts),
                 "starts another REGISTER after ten seconds without an answer",
                 "RFC3261-REG-10",
                 {"RFC3261-TIMER-E", "RFC3261-TIMER-F", "RFC3261-REG-11", "GRP-REG-08",
                  "GRP-CALL-04", "FO-HERD-01"},
                 "primary_silent_from_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(counts_anew_after_a_restart),
                 "keeps its Call-ID over a restart and counts CSeq from one again",
                 "RFC3261-REG-04",
                 {"GRP-REG-02", "GRP-REG-03", "GRP-REG-04", "GRP-REG-05", "GRP-REG-08",
                  "RFC3261-REG-03", "RFC3261-REG-09", "RFC3261-REG-13", "GRP-REG-07"},
                 "restart_in_order"},
    DeviationRow{SIPHARNESS_DEVIATION(keeps_its_contact_when_it_moves),
                 "registers from its new address with the Contact of the one it left",
                 "RFC3261-REG-05",
                 {"RFC3261-UAS-100", "RFC3261-DLG-05", "RFC3261-GEN-14", "RFC3261-GEN-15",
                  "RFC3261-GEN-16", "RFC3261-GEN-17"},
                 "device_moves/idle"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_10_register_deviations() {
  return rfc3261_10_register;
}

}  // namespace sipharness::dut
