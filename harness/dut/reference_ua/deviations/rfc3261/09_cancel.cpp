// What a device can get wrong about CANCEL, and about a call that its user gave up (RFC 3261 §9.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_9_cancel{
    DeviationRow{SIPHARNESS_DEVIATION(cancels_before_provisional),
                 "cancels the INVITE at a primary that never answered it",
                 "RFC3261-CANCEL-01",
                 {"RFC3261-TIMER-B", "RFC3261-TIMER-E", "RFC3261-TIMER-F", "FO-NOPAR", "FO-DET-INV",
                  "GRP-CALL-03", "RFC3261-CANCEL-03", "RFC3261-CANCEL-05"},
                 "primary_silent_on_invite"},
    DeviationRow{
        SIPHARNESS_DEVIATION(forgets_to_cancel),
        "never sends the CANCEL that had to wait for a provisional response",
        "RFC3261-CANCEL-02",
        {"RFC3261-ACK-NON2XX", "RFC3261-CANCEL-01", "RFC3261-CANCEL-03", "RFC3261-CANCEL-04",
         "RFC3261-CANCEL-05", "RFC3261-TIMER-A-STOP", "FO-100SIL", "RFC3263-02"},
        "hang_up_before_any_response/rings_after_all"},
    DeviationRow{SIPHARNESS_DEVIATION(tags_its_cancels),
                 "puts a tag into the To of a CANCEL",
                 "RFC3261-CANCEL-03",
                 {},
                 "hang_up_while_ringing/487"},
    DeviationRow{SIPHARNESS_DEVIATION(cancels_an_answered_call),
                 "sends CANCEL beside BYE when it hangs up",
                 "RFC3261-CANCEL-04",
                 {"RFC3261-CANCEL-01", "RFC3261-CANCEL-03"},
                 "call_primary_up"},
    DeviationRow{
        SIPHARNESS_DEVIATION(takes_an_overtaken_ringing_for_the_newer),
        "takes a call for ringing when its 200 overtook the 180, and cancels it to hang up",
        "RFC3261-CANCEL-04",
        {"RFC3261-CANCEL-01", "RFC3261-CANCEL-03", "RFC3261-BYE-01", "RFC3261-GEN-12",
         "RFC3261-ROUTE-04"},
        "link_is_slow/answer_overtakes_ringing"},
    DeviationRow{
        SIPHARNESS_DEVIATION(rings_on_after_a_missing_487),
        "tries the secondary when a cancelled INVITE gets no final response",
        "RFC3261-CANCEL-05",
        {"FO-USERCANCEL", "FO-NODUP", "FO-NOPAR", "GRP-CALL-02", "GRP-CALL-05", "RFC3261-ACK-2XX",
         "RFC3261-CANCEL-06", "RFC3261-ROUTE-03", "RFC3263-03", "RFC3261-DLG-06"},
        "hang_up_while_ringing/no_487"},
    DeviationRow{SIPHARNESS_DEVIATION(keeps_an_unwanted_answer),
                 "acknowledges an answer that crossed the hang-up and never ends it",
                 "RFC3261-CANCEL-06",
                 {"RFC3261-GEN-12", "RFC3261-BYE-01", "RFC3261-ROUTE-04"},
                 "hang_up_before_any_response/answers_after_all"},
    DeviationRow{SIPHARNESS_DEVIATION(goes_on_after_hang_up),
                 "goes on with a call that is hung up before any response",
                 "FO-USERCANCEL",
                 {"RFC3261-TIMER-A-STOP"},
                 "hang_up_around_the_switch"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_9_cancel_deviations() {
  return rfc3261_9_cancel;
}

}  // namespace sipharness::dut
