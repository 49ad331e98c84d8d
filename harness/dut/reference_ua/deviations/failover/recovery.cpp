// What a device can get wrong about registrations after a loss.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_recovery{
    DeviationRow{
        SIPHARNESS_DEVIATION(skips_a_refresh),
        "leaves one refresh out and registers again after the lapse",
        "RFC3261-REG-18",
        {"GRP-REG-02", "GRP-REG-04", "GRP-REG-05", "RFC3261-REG-09", "RFC3261-UAS-100",
         "RFC3261-DLG-05", "FO-BACK-02", "FO-REBOOT", "FO-BACK-01", "GRP-CALL-01", "GRP-CALL-08",
         "RFC3261-GEN-14", "RFC3261-GEN-15", "RFC3261-GEN-16", "RFC3261-GEN-17"},
        "primary_reboots"},
    DeviationRow{SIPHARNESS_DEVIATION(returns_to_the_primary_late),
                 "leaves a lost primary alone for five minutes",
                 "FO-BACK-02",
                 {"GRP-CALL-08", "GRP-CALL-01", "GRP-REG-08", "FO-BACK-01", "FO-BACK-03"},
                 "primary_returns"},
    DeviationRow{SIPHARNESS_DEVIATION(deaf_after_refresh),
                 "takes no calls any more once it has refreshed",
                 "FO-REBOOT",
                 {"RFC3261-TIMER-I", "RFC3261-DLG-05", "RFC3261-GEN-17"},
                 "primary_reboots"},
    DeviationRow{SIPHARNESS_DEVIATION(hammers_a_closed_port),
                 "registers every second where a port is closed",
                 "FO-HERD-01",
                 {},
                 "primary_port_closed"},
    DeviationRow{SIPHARNESS_DEVIATION(waits_twice_as_long_each_time),
                 "doubles its wait with every failed attempt",
                 "FO-BOTH-02",
                 {"FO-BACK-02", "GRP-REG-08", "FO-BACK-01", "GRP-CALL-08", "RFC3261-REG-09"},
                 "both_servers_return"},
    DeviationRow{SIPHARNESS_DEVIATION(subscribes_at_once_when_refused),
                 "subscribes again a tenth of a second after each refusal",
                 "FO-HERD-03",
                 {},
                 "subscription_lifecycle/refused"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_at_once_when_refused),
                 "registers again half a second after each refusal",
                 "FO-HERD-01",
                 {"FO-HERD-03"},
                 "server_closes_connections/refused"},
};

}  // namespace

std::span<const DeviationRow> failover_recovery_deviations() {
  return failover_recovery;
}

}  // namespace sipharness::dut
