// What a device can get wrong about a registrar's answers (RFC 3261 §10.2, §10.3).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rows{
    DeviationRow{
        SIPHARNESS_DEVIATION(hurries_without_margin),
        "refreshes after a third of the expiry when Reregister before Expiration is not used",
        "GRP-REG-06",
        {"GRP-REG-05"},
        "refresh_without_margin"},
    DeviationRow{SIPHARNESS_DEVIATION(proposes_two_expiries),
                 "proposes one expiry in Contact and another in Expires",
                 "RFC3261-REG-06",
                 {},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_the_longest_expiry_listed),
                 "takes the longest expiry of any contact in a 200 for its own",
                 "RFC3261-REG-07",
                 {"RFC3261-REG-08", "RFC3261-REG-09", "GRP-REG-02", "GRP-REG-04", "GRP-REG-05",
                  "FO-EXPSHORT"},
                 "contact_beats_header/several_contacts"},
    DeviationRow{SIPHARNESS_DEVIATION(believes_the_expires_header),
                 "lets the Expires header beat its Contact",
                 "RFC3261-REG-08",
                 {"RFC3261-REG-07", "RFC3261-REG-09", "GRP-REG-02", "GRP-REG-04", "GRP-REG-05",
                  "FO-EXPSHORT"},
                 "contact_beats_header/both"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_again_at_once),
                 "registers again half a second after a timeout",
                 "RFC3261-REG-11",
                 {"FO-HERD-01", "GRP-REG-08"},
                 "primary_silent_from_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(insists_on_a_short_expiry),
                 "asks for the same short expiry again after a 423",
                 "RFC3261-REG-12",
                 {"GRP-REG-01", "GRP-REG-02", "GRP-REG-03", "PROFILE-EXPIRY"},
                 "expiry_too_brief"},
    DeviationRow{SIPHARNESS_DEVIATION(refreshes_at_the_other_server),
                 "sends the first refresh of the primary to the secondary",
                 "RFC3261-REG-13",
                 {"GRP-REG-02", "GRP-REG-04", "GRP-REG-05", "RFC3261-REG-03", "RFC3261-REG-04",
                  "RFC3261-REG-09", "RFC3261-REG-10"},
                 "refresh_before_expiry"},
    DeviationRow{SIPHARNESS_DEVIATION(routes_by_record_route_of_register),
                 "routes its refreshes by the Record-Route of a registrar",
                 "RFC3261-REG-14",
                 {},
                 "registrar_adds_record_route"},
    DeviationRow{SIPHARNESS_DEVIATION(repeats_a_forbidden_register),
                 "repeats a REGISTER that was forbidden after twenty seconds",
                 "RFC3261-REG-15",
                 {"FO-HERD-01", "FO-HERD-02", "FO-HERD-03", "GRP-REG-08"},
                 "registrar_refuses/403"},
    DeviationRow{SIPHARNESS_DEVIATION(ignores_retry_after),
                 "registers again before Retry-After is over",
                 "RFC3261-REG-16",
                 {"GRP-CALL-01", "GRP-CALL-04", "FO-BACK-01", "GRP-CALL-02", "GRP-CALL-05",
                  "GRP-CALL-08", "RFC3261-ROUTE-03"},
                 "registrar_busy"},
    DeviationRow{SIPHARNESS_DEVIATION(stars_with_an_expiry),
                 "takes all bindings back with an expiry above zero",
                 "RFC3261-REG-17",
                 {},
                 "shut_down_and_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(renews_when_shut_down),
                 "asks for more time in the REGISTER that should take its bindings back",
                 "RFC3261-REG-17",
                 {},
                 "shut_down_and_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(goes_without_a_word),
                 "takes no binding back when it is shut down",
                 "RFC3261-REG-17",
                 {"RFC3261-REG-04", "RFC3261-REG-13"},
                 "shut_down_and_boot"},
    DeviationRow{SIPHARNESS_DEVIATION(storms_when_margin_exceeds_expiry),
                 "refreshes every second when the margin does not fit into the expiry",
                 "FO-EXPSHORT",
                 {"GRP-REG-05"},
                 "expiry_shortened/margin_exceeds_expiry"},
    DeviationRow{SIPHARNESS_DEVIATION(registers_anew_for_each_port),
                 "registers again whenever it is told another source port",
                 "GRP-REG-05",
                 {"GRP-REG-04"},
                 "another_port_each_time/port"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_10_answers_deviations() {
  return rows;
}

}  // namespace sipharness::dut
