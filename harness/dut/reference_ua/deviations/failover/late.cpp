// What a device can get wrong about answers after the call has moved on.

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array failover_late{
    DeviationRow{SIPHARNESS_DEVIATION(hangs_up_at_a_late_answer),
                 "ends the call over the secondary when the primary answers after all",
                 "RFC6026-02",
                 {"FO-LATE-200", "FO-BACK-03"},
                 "primary_answers_too_late"},
    DeviationRow{SIPHARNESS_DEVIATION(ends_a_late_answer_late),
                 "ends a call that was answered too late only after five seconds",
                 "FO-LATE-200",
                 {"FO-NODUP"},
                 "primary_answers_too_late"},
    DeviationRow{SIPHARNESS_DEVIATION(never_cancels_late),
                 "lets a primary that it left ring on",
                 "FO-LATE-1XX",
                 {"RFC3261-CANCEL-01", "FO-LATE-ERR", "RFC3261-CANCEL-03", "RFC3261-CANCEL-05"},
                 "left_primary_answers/rings"},
    DeviationRow{SIPHARNESS_DEVIATION(never_acknowledges_late_errors),
                 "leaves an error of a primary that it left unacknowledged",
                 "FO-LATE-ERR",
                 {},
                 "left_primary_answers/busy"},
    DeviationRow{SIPHARNESS_DEVIATION(ignores_late_answers_and_their_bye),
                 "answers neither a late 200 of the primary nor the BYE that follows it",
                 "FO-ONEWAY",
                 {"FO-LATE-200", "RFC3261-DLG-05"},
                 "answers_of_primary_are_lost"},
};

}  // namespace

std::span<const DeviationRow> failover_late_deviations() {
  return failover_late;
}

}  // namespace sipharness::dut
