// What a device can get wrong about a call whose server is lost.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_midcall{
    DeviationRow{SIPHARNESS_DEVIATION(hangs_up_with_its_registration),
                 "ends its calls when a registration is lost",
                 "FO-MID-01",
                 {},
                 "primary_dies_in_call/hung_up_late"},
    DeviationRow{SIPHARNESS_DEVIATION(tells_the_other_server_too),
                 "sends the BYE of a call to the server that knows nothing of it, too",
                 "FO-MID-02",
                 {"RFC3261-GEN-12", "RFC3261-ROUTE-03"},
                 "primary_dies_in_call/hung_up_late"},
    DeviationRow{SIPHARNESS_DEVIATION(keeps_a_silent_dialog),
                 "keeps a dialog in which nobody answers any more",
                 "FO-MID-03",
                 {"RFC3261-DLG-01", "RFC3261-TIMER-E"},
                 "change_in_call/silence"},
};

}  // namespace

std::span<const DeviationRow> failover_midcall_deviations() {
  return failover_midcall;
}

}  // namespace sipharness::dut
