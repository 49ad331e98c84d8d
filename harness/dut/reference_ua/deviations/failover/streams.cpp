// What a device can get wrong about what TCP does and does not say.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_streams{
    DeviationRow{SIPHARNESS_DEVIATION(repeats_over_streams),
                 "repeats its INVITE over TCP as over UDP",
                 "RFC3261-TIMER-B-REL",
                 {"RFC3261-TX-BYTEID", "PROFILE-T1"},
                 "primary_lost_on_tcp/hangs"},
    DeviationRow{SIPHARNESS_DEVIATION(insists_on_a_refused_connection),
                 "asks a server that refused its connection again before it turns to the next",
                 "FO-TCP-RST",
                 {"RFC3263-01", "RFC3261-GEN-10", "FO-T1ST"},
                 "primary_unreachable_on_tcp/refused"},
    DeviationRow{SIPHARNESS_DEVIATION(waits_for_the_connection),
                 "waits for a connection for as long as its stack does",
                 "FO-TCP-SYN",
                 {"RFC3261-TIMER-B-REL", "RFC3263-01", "FO-T1ST", "FO-NODUP", "GRP-CALL-05",
                  "RFC3261-GEN-07", "RFC3261-GEN-12", "RFC3261-ACK-2XX", "RFC3261-CANCEL-04",
                  "RFC3261-BYE-01", "RFC3261-ROUTE-03", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "primary_unreachable_on_tcp/swallowed"},
    DeviationRow{SIPHARNESS_DEVIATION(reconnects_after_delay),
                 "lets three seconds pass before it replaces a connection that was reset",
                 "FO-TCP-HALF",
                 {},
                 "primary_lost_on_tcp/back_in_time"},
    DeviationRow{SIPHARNESS_DEVIATION(sends_into_a_reset_connection),
                 "sends into a connection that the server has reset",
                 "RFC3261-REG-09",
                 {"GRP-REG-02", "GRP-REG-04"},
                 "server_closes_connections/after_a_while"},
    DeviationRow{SIPHARNESS_DEVIATION(is_deaf_after_a_fin),
                 "never connects again to a server that ended its connection with a FIN",
                 "RFC3261-REG-09",
                 {"GRP-REG-02", "GRP-REG-04"},
                 "server_closes_connections/after_each_answer"},
};

}  // namespace

std::span<const DeviationRow> failover_streams_deviations() {
  return failover_streams;
}

}  // namespace sipharness::dut
