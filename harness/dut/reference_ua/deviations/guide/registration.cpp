// What a device can get wrong about registering at both servers (guide, Configuration and Case 1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array guide_registration{
    DeviationRow{
        SIPHARNESS_DEVIATION(counts_expiration_in_seconds),
        "asks for one second where Register Expiration says a minute",
        "GRP-CFG-03",
        {"DUT-RESTART", "PROFILE-EXPIRY", "GRP-REG-02", "GRP-REG-04", "GRP-REG-05",
         "RFC3261-REG-03", "RFC3261-REG-04", "RFC3261-REG-09", "RFC3261-REG-10", "RFC3261-REG-13"},
        "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_only_at_primary),
                 "never registers at the secondary",
                 "GRP-REG-01",
                 {"GRP-REG-02", "GRP-REG-04", "GRP-ID-01"},
                 "refresh_before_expiry"},
    DeviationRow{
        SIPHARNESS_DEVIATION(drops_the_secondary_again),
        "takes its registration at the secondary back after ten seconds",
        "GRP-REG-02",
        {"RFC3261-REG-03", "RFC3261-REG-04", "RFC3261-REG-10", "RFC3261-REG-13", "RFC3261-REG-17"},
        "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(one_server_holds_up_the_other),
                 "holds a REGISTER back while one at the other server is unanswered",
                 "GRP-REG-03",
                 {"GRP-REG-01", "GRP-REG-02", "GRP-REG-04", "GRP-REG-05", "GRP-REG-07",
                  "RFC3261-REG-09", "GRP-CALL-04", "GRP-CALL-05", "FO-DET-REG"},
                 "primary_lost_at_refresh"},
    DeviationRow{SIPHARNESS_DEVIATION(refreshes_only_at_primary),
                 "lets its registration at the secondary lapse",
                 "GRP-REG-04",
                 {"GRP-REG-02", "GRP-REG-03", "GRP-REG-05", "RFC3261-REG-09"},
                 "refresh_before_expiry"},
    DeviationRow{SIPHARNESS_DEVIATION(refreshes_late),
                 "refreshes five seconds later than configured, yet in time",
                 "GRP-REG-05",
                 {"GRP-REG-07"},
                 "refresh_before_expiry"},
    DeviationRow{SIPHARNESS_DEVIATION(neglects_secondary_while_primary_is_down),
                 "refreshes nothing at the secondary while the primary is down",
                 "GRP-REG-07",
                 {"DUT-RESTART", "GRP-REG-02", "GRP-REG-03", "GRP-REG-04", "GRP-REG-05",
                  "RFC3261-REG-09", "RFC3261-REG-13"},
                 "primary_silent_from_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(gives_up_on_a_failed_primary),
                 "never tries the primary again after a failed REGISTER",
                 "GRP-REG-08",
                 {"GRP-REG-03", "RFC3261-REG-03", "RFC3261-REG-04", "RFC3261-REG-10",
                  "RFC3261-REG-11", "GRP-CALL-08", "FO-HERD-01", "FO-HERD-02"},
                 "primary_silent_from_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_another_user_at_secondary),
                 "registers another extension at the secondary",
                 "GRP-ID-01",
                 {"GRP-REG-01", "GRP-REG-02", "GRP-REG-03", "GRP-REG-04", "GRP-REG-05"},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(starts_late_at_the_secondary),
                 "begins at the secondary fifteen seconds after the primary",
                 "AUTH-10",
                 {"GRP-REG-01"},
                 "registrar_challenges/different_realms"},
};

}  // namespace

std::span<const DeviationRow> guide_registration_deviations() {
  return guide_registration;
}

}  // namespace sipharness::dut
