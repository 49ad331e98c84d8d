// What a device can get wrong about requests within a dialog (RFC 3261 §12.2.1.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_12_requests{
    DeviationRow{SIPHARNESS_DEVIATION(takes_a_new_tag_for_bye),
                 "sends BYE with a From tag of no dialog",
                 "RFC3261-DLG-06",
                 {"RFC3261-BYE-01", "RFC3261-GEN-12", "RFC3261-ROUTE-04"},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(skips_a_number_in_the_dialog),
                 "raises CSeq by two from the INVITE to the BYE",
                 "RFC3261-GEN-12",
                 {},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(forgets_the_second_route),
                 "carries only the first of several routes",
                 "RFC3261-ROUTE-01",
                 {"RFC3261-ACK-2XX"},
                 "through_proxies_and_nat/loose_routers"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_a_strict_router_for_loose),
                 "speaks to a strict router as to a loose one",
                 "RFC3261-ROUTE-02",
                 {"RFC3261-ACK-2XX"},
                 "through_proxies_and_nat/strict_router"},
    DeviationRow{SIPHARNESS_DEVIATION(names_the_callee_in_bye),
                 "addresses BYE to whom it called, not to its Contact",
                 "RFC3261-ROUTE-04",
                 {},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(follows_the_returned_primary),
                 "sends the BYE of a call over the secondary to the primary when that is back",
                 "RFC3261-ROUTE-03",
                 {"GRP-CALL-05"},
                 "primary_returns"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_12_requests_deviations() {
  return rfc3261_12_requests;
}

}  // namespace sipharness::dut
