// What a device can get wrong about the answers of the primary, in time or late, and on the way
// back.

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {

namespace {

const std::vector<DeviationRow> answer_rows = {
    {SIPHARNESS_DEVIATION(gives_up_at_503),
     "takes a 503 of the primary for the end of the call",
     "FO-INV503",
     {"RFC3263-01", "RFC3263-03", "GRP-CALL-05", "FO-NODUP", "FO-NOPAR", "FO-T1ST"},
     "primary_refuses_calls/503_with_retry_after"},
    {SIPHARNESS_DEVIATION(shuns_after_bare_503),
     "avoids the primary for a minute after a 503 that asks for nothing",
     "RFC3261-GEN-13",
     {"GRP-CALL-01", "GRP-CALL-02"},
     "primary_refuses_calls/503_bare"},
    {SIPHARNESS_DEVIATION(seeks_the_busy_elsewhere),
     "tries the secondary when the primary says that the callee is busy",
     "FO-INV4XX",
     {"GRP-CALL-02", "GRP-CALL-05", "RFC3263-03", "FO-NODUP", "FO-NOPAR", "RFC3261-ACK-2XX",
      "RFC3261-ROUTE-03"},
     "callee_refuses"},
    {SIPHARNESS_DEVIATION(leaves_a_slow_primary),
     "leaves the primary after two seconds without an answer",
     "FO-SLOW-LT",
     {"GRP-CALL-03", "GRP-CALL-05", "RFC3263-03", "FO-DET-EARLY", "FO-DET-INV", "FO-NOPAR",
      "FO-LATE-1XX", "FO-LATE-200", "FO-BACK-01", "RFC3261-ROUTE-03", "GRP-CALL-08"},
     "primary_answers_slowly"},
    {SIPHARNESS_DEVIATION(ends_a_late_answer_late),
     "ends a call that was answered too late only after five seconds",
     "FO-LATE-200",
     {"FO-NODUP"},
     "primary_answers_too_late"},
    {SIPHARNESS_DEVIATION(hangs_up_at_a_late_answer),
     "ends the call over the secondary when the primary answers after all",
     "RFC6026-02",
     {"FO-LATE-200", "FO-BACK-03"},
     "primary_answers_too_late"},
    {SIPHARNESS_DEVIATION(never_cancels_late),
     "lets a primary that it left ring on",
     "FO-LATE-1XX",
     {"RFC3261-CANCEL-01", "FO-LATE-ERR", "RFC3261-CANCEL-03", "RFC3261-CANCEL-05"},
     "left_primary_answers/rings"},
    {SIPHARNESS_DEVIATION(never_acknowledges_late_errors),
     "leaves an error of a primary that it left unacknowledged",
     "FO-LATE-ERR",
     {},
     "left_primary_answers/busy"},
    {SIPHARNESS_DEVIATION(ignores_late_answers_and_their_bye),
     "answers neither a late 200 of the primary nor the BYE that follows it",
     "FO-ONEWAY",
     {"FO-LATE-200"},
     "answers_of_primary_are_lost"},
    {SIPHARNESS_DEVIATION(turns_away_after_one_call),
     "uses a returned primary for one call and then the secondary again",
     "GRP-CALL-08",
     {"GRP-CALL-01"},
     "primary_returns"},
    {SIPHARNESS_DEVIATION(returns_one_call_late),
     "makes one more call through the secondary when the primary is back",
     "FO-BACK-01",
     {"GRP-CALL-01", "GRP-CALL-02", "GRP-CALL-08"},
     "primary_returns"},
    {SIPHARNESS_DEVIATION(drops_the_call_on_return),
     "ends the call over the secondary when the primary is back",
     "FO-BACK-03",
     {},
     "primary_returns"},
    {SIPHARNESS_DEVIATION(tries_a_third_round),
     "begins again at the primary when neither server answered",
     "FO-BOTH-01",
     {},
     "both_servers_return"},
    {SIPHARNESS_DEVIATION(celebrates_a_return),
     "registers every second for twenty seconds when a silent server answers again",
     "FO-FLAP",
     {"GRP-REG-05"},
     "primary_flaps"},
    {SIPHARNESS_DEVIATION(takes_loss_for_silence),
     "tries the secondary too when the first copy of an INVITE draws no answer",
     "FO-LOSS",
     {"GRP-CALL-03", "GRP-CALL-05", "GRP-CALL-08", "RFC3261-CANCEL-01", "RFC3263-03",
      "FO-DET-EARLY", "FO-DET-INV", "FO-NOPAR", "FO-SLOW-LT", "FO-LATE-1XX", "FO-LATE-ERR",
      "FO-BACK-01", "FO-BACK-03", "FO-ONEWAY", "GRP-REG-04", "RFC3261-REG-09", "RFC3261-ROUTE-03",
      "RFC3261-CANCEL-03", "RFC3261-CANCEL-05"},
     "link_loses_packets"},
};

}  // namespace

std::vector<DeviationRow> answer_deviations() {
  return answer_rows;
}

}  // namespace sipharness::dut
