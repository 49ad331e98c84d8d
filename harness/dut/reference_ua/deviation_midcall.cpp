// What a device can get wrong about a call that is up: when its server is lost, when a change of it
// fails, and about session timers.

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {

namespace {

const std::vector<DeviationRow> midcall_rows = {
    {SIPHARNESS_DEVIATION(hangs_up_with_its_registration),
     "ends its calls when a registration is lost",
     "FO-MID-01",
     {},
     "primary_dies_in_call/hung_up_late"},
    {SIPHARNESS_DEVIATION(tells_the_other_server_too),
     "sends the BYE of a call to the server that knows nothing of it, too",
     "FO-MID-02",
     {"RFC3261-GEN-12"},
     "primary_dies_in_call/hung_up_late"},
    {SIPHARNESS_DEVIATION(asks_after_its_bye),
     "sends INFO in a dialog that it has ended",
     "RFC3261-BYE-01",
     {},
     "primary_dies_in_call/hung_up_soon"},
    {SIPHARNESS_DEVIATION(keeps_a_lost_dialog),
     "keeps a dialog that the far end does not know any more",
     "RFC3261-DLG-01",
     {"RFC3261-BYE-01"},
     "change_in_call/dialog_unknown"},
    {SIPHARNESS_DEVIATION(keeps_a_silent_dialog),
     "keeps a dialog in which nobody answers any more",
     "FO-MID-03",
     {"RFC3261-DLG-01", "RFC3261-TIMER-E"},
     "change_in_call/silence"},
    {SIPHARNESS_DEVIATION(gives_up_when_refused),
     "ends a call whose change is refused",
     "RFC3261-DLG-02",
     {},
     "change_in_call/not_acceptable"},
    {SIPHARNESS_DEVIATION(retries_at_once_after_491),
     "tries its re-INVITE again 100 ms after a 491",
     "RFC3261-DLG-03",
     {},
     "change_in_call/glare"},
    {SIPHARNESS_DEVIATION(refreshes_sessions_late),
     "refreshes a session when four fifths of it are over",
     "RFC4028-01",
     {},
     "session_timer/device_refreshes"},
    {SIPHARNESS_DEVIATION(outlives_its_session),
     "keeps a session that nobody refreshed",
     "RFC4028-02",
     {"RFC3261-BYE-01", "RFC3261-GEN-12"},
     "session_timer/refresh_never_comes"},
    {SIPHARNESS_DEVIATION(insists_on_a_short_session),
     "asks for the same session interval after a 422",
     "RFC4028-03",
     {"RFC3261-BYE-01", "FO-NODUP", "FO-INV4XX", "RFC3261-ACK-2XX", "RFC3261-GEN-12",
      "RFC3261-TIMER-A-STOP"},
     "session_timer/interval_too_small"},
    {SIPHARNESS_DEVIATION(moves_its_refresh_to_the_secondary),
     "sends a refresh that drew nothing to the other server",
     "RFC4028-04",
     {"RFC3261-DLG-01", "FO-MID-03", "RFC3261-ACK-NON2XX"},
     "session_timer/primary_dies"},
};

}  // namespace

std::vector<DeviationRow> midcall_deviations() {
  return midcall_rows;
}

}  // namespace sipharness::dut
