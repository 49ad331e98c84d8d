// What a device can get wrong about one call at two servers.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_legs{
    DeviationRow{SIPHARNESS_DEVIATION(calls_secondary_while_primary_is_tried),
                 "calls the secondary after eight seconds and goes on trying the primary",
                 "FO-NOPAR",
                 {"RFC3261-GEN-10", "FO-T1ST", "RFC3263-01", "RFC3261-TIMER-B", "RFC3261-CANCEL-01",
                  "FO-NODUP"},
                 "primary_silent_on_invite"},
    DeviationRow{SIPHARNESS_DEVIATION(keeps_both_answers),
                 "confirms a late answer of the primary beside the call over the secondary",
                 "FO-NODUP",
                 {"FO-LATE-200", "FO-NOPAR"},
                 "primary_answers_too_late"},
    DeviationRow{SIPHARNESS_DEVIATION(keeps_both_forks),
                 "keeps both dialogs of a call that a proxy forked",
                 "FO-NODUP",
                 {},
                 "call_is_forked/both_answer"},
};

}  // namespace

std::span<const DeviationRow> failover_legs_deviations() {
  return failover_legs;
}

}  // namespace sipharness::dut
