// What a device can get wrong about the way back, total loss and lossy links.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_return{
    DeviationRow{SIPHARNESS_DEVIATION(turns_away_after_one_call),
                 "uses a returned primary for one call and then the secondary again",
                 "GRP-CALL-08",
                 {"GRP-CALL-01"},
                 "primary_returns"},
    DeviationRow{SIPHARNESS_DEVIATION(returns_one_call_late),
                 "makes one more call through the secondary when the primary is back",
                 "FO-BACK-01",
                 {"GRP-CALL-01", "GRP-CALL-02", "GRP-CALL-08"},
                 "primary_returns"},
    DeviationRow{SIPHARNESS_DEVIATION(drops_the_call_on_return),
                 "ends the call over the secondary when the primary is back",
                 "FO-BACK-03",
                 {},
                 "primary_returns"},
    DeviationRow{SIPHARNESS_DEVIATION(tries_a_third_round),
                 "begins again at the primary when neither server answered",
                 "FO-BOTH-01",
                 {},
                 "both_servers_return"},
    DeviationRow{SIPHARNESS_DEVIATION(floods_registers_on_return),
                 "registers every second for twenty seconds when a silent server answers again",
                 "FO-FLAP",
                 {"FO-HERD-03", "GRP-REG-05"},
                 "primary_flaps"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_loss_for_silence),
                 "tries the secondary too when the first copy of an INVITE gets no answer",
                 "FO-LOSS",
                 {"GRP-CALL-03",      "GRP-CALL-05",       "GRP-CALL-08",       "RFC3261-CANCEL-01",
                  "RFC3263-03",       "FO-DET-EARLY",      "FO-DET-INV",        "FO-NOPAR",
                  "FO-SLOW-LT",       "FO-LATE-1XX",       "FO-LATE-ERR",       "FO-BACK-01",
                  "FO-BACK-03",       "FO-ONEWAY",         "GRP-REG-04",        "RFC3261-REG-09",
                  "RFC3261-ROUTE-03", "RFC3261-CANCEL-03", "RFC3261-CANCEL-05", "FO-100SIL",
                  "RFC3263-02"},
                 "link_loses_packets"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_late_for_lost),
                 "gives a REGISTER up after little more than a second",
                 "GRP-REG-05",
                 {"RFC3261-TIMER-E"},
                 "link_is_slow/late"},
};

}  // namespace

std::span<const DeviationRow> failover_return_deviations() {
  return failover_return;
}

}  // namespace sipharness::dut
