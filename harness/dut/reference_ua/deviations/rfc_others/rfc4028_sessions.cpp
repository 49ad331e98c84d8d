// What a device can get wrong about session timers (RFC 4028).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc4028_10_sessions{
    DeviationRow{SIPHARNESS_DEVIATION(refreshes_sessions_late),
                 "refreshes a session when four fifths of it are over",
                 "RFC4028-01",
                 {},
                 "session_timer/device_refreshes"},
    DeviationRow{SIPHARNESS_DEVIATION(outlives_its_session),
                 "keeps a session that nobody refreshed",
                 "RFC4028-02",
                 {"RFC3261-BYE-01", "RFC3261-GEN-12", "RFC3261-ROUTE-04"},
                 "session_timer/refresh_never_comes"},
    DeviationRow{SIPHARNESS_DEVIATION(insists_on_a_short_session),
                 "asks for the same session interval after a 422",
                 "RFC4028-03",
                 {"RFC3261-BYE-01", "FO-NODUP", "FO-INV4XX", "RFC3261-ACK-2XX", "RFC3261-GEN-12",
                  "RFC3261-TIMER-A-STOP", "RFC3261-ROUTE-03", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "session_timer/interval_too_small"},
    DeviationRow{SIPHARNESS_DEVIATION(moves_its_refresh_to_the_secondary),
                 "sends a refresh that got nothing to the other server",
                 "RFC4028-04",
                 {"RFC3261-DLG-01", "FO-MID-03", "RFC3261-ACK-NON2XX", "RFC3261-ROUTE-03"},
                 "session_timer/primary_dies"},
};

}  // namespace

std::span<const DeviationRow> rfc4028_10_sessions_deviations() {
  return rfc4028_10_sessions;
}

}  // namespace sipharness::dut
