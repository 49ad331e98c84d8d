// What a device can get wrong about what ICMP and RST say.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_transport{
    DeviationRow{SIPHARNESS_DEVIATION(drops_the_call_at_icmp),
                 "ends a call whose INVITE gets an ICMP error",
                 "RFC3261-GEN-10",
                 {"RFC3263-01", "RFC3263-03", "FO-ICMP", "FO-T1ST", "FO-DET-INV", "FO-NOPAR",
                  "FO-NODUP", "GRP-CALL-03", "GRP-CALL-05", "FO-USERCANCEL", "RFC3261-ACK-2XX",
                  "RFC3261-CANCEL-04", "RFC3261-GEN-12", "RFC3261-ROUTE-03", "RFC3261-TIMER-A-STOP",
                  "RFC3261-BYE-01", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "primary_port_closed"},
    DeviationRow{
        SIPHARNESS_DEVIATION(is_deaf_to_icmp),
        "takes no notice of ICMP errors",
        "FO-ICMP",
        {"RFC3263-01",           "RFC3263-03",        "RFC3261-GEN-10", "RFC3261-TIMER-A",
         "RFC3261-TIMER-E",      "RFC3261-TX-BYTEID", "FO-T1ST",        "FO-DET-INV",
         "FO-HERD-01",           "FO-HERD-02",        "FO-NOPAR",       "FO-NODUP",
         "GRP-CALL-03",          "GRP-CALL-05",       "PROFILE-T1",     "FO-USERCANCEL",
         "RFC3261-ACK-2XX",      "RFC3261-CANCEL-04", "RFC3261-GEN-12", "RFC3261-ROUTE-03",
         "RFC3261-TIMER-A-STOP", "RFC3261-BYE-01",    "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
        "primary_port_closed"},
};

}  // namespace

std::span<const DeviationRow> failover_transport_deviations() {
  return failover_transport;
}

}  // namespace sipharness::dut
