// What a device can get wrong in how it finds and reaches its servers, and in the signs it gives
// and takes on the way.

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {

namespace {

const std::vector<DeviationRow> reach_rows = {
    {SIPHARNESS_DEVIATION(repeats_its_tags),
     "calls with the same From tag every time",
     "RFC3261-GEN-06",
     {},
     "primary_down"},
    {SIPHARNESS_DEVIATION(drops_the_call_at_icmp),
     "ends a call whose INVITE draws an ICMP error",
     "RFC3261-GEN-10",
     {"RFC3263-01", "RFC3263-03", "FO-ICMP", "FO-T1ST", "FO-DET-INV", "FO-NOPAR", "FO-NODUP",
      "GRP-CALL-03", "GRP-CALL-05", "FO-USERCANCEL", "RFC3261-ACK-2XX", "RFC3261-CANCEL-04",
      "RFC3261-GEN-12", "RFC3261-ROUTE-03", "RFC3261-TIMER-A-STOP", "RFC3261-BYE-01"},
     "primary_port_closed"},
    {SIPHARNESS_DEVIATION(sends_a_large_invite_by_udp),
     "sends an INVITE of more than 1300 bytes over UDP",
     "RFC3261-GEN-11",
     {},
     "call_primary_up"},
    {SIPHARNESS_DEVIATION(rests_after_a_provisional),
     "waits in silence after a provisional response to REGISTER",
     "RFC3261-TIMER-E-PROV",
     {},
     "only_trying_for_register/at_700ms"},
    {SIPHARNESS_DEVIATION(registers_at_a_repeated_answer),
     "registers again when the 200 to its REGISTER comes twice",
     "RFC3261-TIMER-K",
     {"GRP-REG-05", "RFC3261-REG-03", "RFC3261-REG-04", "RFC3261-REG-09", "RFC3261-REG-10"},
     "answers_come_twice"},
    {SIPHARNESS_DEVIATION(is_deaf_to_icmp),
     "takes no notice of ICMP errors",
     "FO-ICMP",
     {"RFC3263-01",           "RFC3263-03",        "RFC3261-GEN-10", "RFC3261-TIMER-A",
      "RFC3261-TIMER-E",      "RFC3261-TX-BYTEID", "FO-T1ST",        "FO-DET-INV",
      "FO-HERD-01",           "FO-HERD-02",        "FO-NOPAR",       "FO-NODUP",
      "GRP-CALL-03",          "GRP-CALL-05",       "PROFILE-T1",     "FO-USERCANCEL",
      "RFC3261-ACK-2XX",      "RFC3261-CANCEL-04", "RFC3261-GEN-12", "RFC3261-ROUTE-03",
      "RFC3261-TIMER-A-STOP", "RFC3261-BYE-01"},
     "primary_port_closed"},
    {SIPHARNESS_DEVIATION(repeats_over_streams),
     "repeats its INVITE over TCP as over UDP",
     "RFC3261-TIMER-B-REL",
     {"RFC3261-TX-BYTEID", "PROFILE-T1"},
     "primary_lost_on_tcp/hangs"},
    {SIPHARNESS_DEVIATION(insists_on_a_refused_connection),
     "asks a server that refused its connection again before it turns to the next",
     "FO-TCP-RST",
     {"RFC3263-01", "RFC3261-GEN-10", "FO-T1ST"},
     "primary_unreachable_on_tcp/refused"},
    {SIPHARNESS_DEVIATION(waits_for_the_connection),
     "waits for a connection for as long as its stack does",
     "FO-TCP-SYN",
     {"RFC3261-TIMER-B-REL", "RFC3263-01", "FO-T1ST", "FO-NODUP", "GRP-CALL-05", "RFC3261-GEN-07",
      "RFC3261-GEN-12", "RFC3261-ACK-2XX", "RFC3261-CANCEL-04", "RFC3261-BYE-01",
      "RFC3261-ROUTE-03"},
     "primary_unreachable_on_tcp/swallowed"},
    {SIPHARNESS_DEVIATION(mourns_a_lost_connection),
     "lets three seconds pass before it replaces a connection that was reset",
     "FO-TCP-HALF",
     {},
     "primary_lost_on_tcp/back_in_time"},
    {SIPHARNESS_DEVIATION(tries_the_default_port_too),
     "sends its first REGISTER to port 5060 as well as to the port it was given",
     "GRP-CFG-02",
     {},
     "fqdn_port"},
};

}  // namespace

std::vector<DeviationRow> reach_deviations() {
  return reach_rows;
}

}  // namespace sipharness::dut
