// What a device can get wrong about what its servers send it: calls, requests that come twice,
// requests in dialogs it does not know.

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {

namespace {

const std::vector<DeviationRow> called_rows = {
    {SIPHARNESS_DEVIATION(turns_secondary_callers_away),
     "refuses a call of the secondary when the primary is lost",
     "GRP-CALL-06",
     {"RFC3261-TIMER-I"},
     "incoming_via_secondary/answered"},
    {SIPHARNESS_DEVIATION(answers_to_a_live_primary_alone),
     "refuses a call of the secondary while the primary serves it",
     "GRP-CALL-07",
     {"RFC3261-TIMER-I"},
     "incoming_via_secondary/answered"},
    {SIPHARNESS_DEVIATION(leaves_a_caller_without_a_word),
     "says nothing for half a second when it is called",
     "RFC3261-UAS-100",
     {},
     "incoming_via_secondary/answered"},
    {SIPHARNESS_DEVIATION(rings_only_once),
     "says that it rings once, however long it rings",
     "RFC3261-UAS-1XX",
     {},
     "incoming_via_secondary/rings_long"},
    {SIPHARNESS_DEVIATION(never_caps_timer_g),
     "doubles Timer G without the cap of T2",
     "RFC3261-TIMER-G",
     {},
     "requests_to_device/refused_without_ack"},
    {SIPHARNESS_DEVIATION(repeats_a_refusal_past_timer_h),
     "repeats a refusal for 38 seconds",
     "RFC3261-TIMER-H",
     {},
     "requests_to_device/refused_without_ack"},
    {SIPHARNESS_DEVIATION(repeats_a_refusal_despite_its_ack),
     "goes on repeating a refusal that was acknowledged",
     "RFC3261-TIMER-I",
     {},
     "requests_to_device/refused_with_late_ack"},
    {SIPHARNESS_DEVIATION(changes_repeated_answers),
     "answers a repeated request with another message than the first time",
     "RFC3261-TIMER-J",
     {},
     "requests_to_device/repeated"},
    {SIPHARNESS_DEVIATION(sends_its_200_once),
     "sends its 200 once and waits for the ACK",
     "RFC3261-UAS-2XX",
     {},
     "requests_to_device/answered_without_ack"},
    {SIPHARNESS_DEVIATION(forgets_what_it_answered),
     "takes the copy of an INVITE that it answered for another call",
     "RFC6026-01",
     {},
     "requests_to_device/invite_repeated"},
    {SIPHARNESS_DEVIATION(takes_any_bye),
     "answers 200 to a BYE in a dialog it does not know",
     "RFC3261-DLG-04",
     {},
     "requests_to_device/stray_bye"},
};

}  // namespace

std::vector<DeviationRow> called_deviations() {
  return called_rows;
}

}  // namespace sipharness::dut
