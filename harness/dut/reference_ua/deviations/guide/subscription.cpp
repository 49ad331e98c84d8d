// What a device can get wrong about subscribing at both servers (guide, SIP Server Redundancy).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array guide_subscription{
    DeviationRow{SIPHARNESS_DEVIATION(subscribes_at_the_primary_only),
                 "subscribes to nothing at the secondary",
                 "GRP-SUB-01",
                 {"RFC6665-06"},
                 "subscribe_both_not_mwi"},
    DeviationRow{SIPHARNESS_DEVIATION(subscribes_mwi_at_both),
                 "subscribes to message waiting at both servers",
                 "GRP-SUB-02",
                 {},
                 "subscribe_both_not_mwi"},
    DeviationRow{SIPHARNESS_DEVIATION(refuses_notifies_of_the_secondary),
                 "answers 481 to the NOTIFYs of the secondary",
                 "GRP-SUB-03",
                 {},
                 "subscribe_both_not_mwi"},
    DeviationRow{SIPHARNESS_DEVIATION(drops_subscriptions_with_the_primary),
                 "forgets its subscriptions at the secondary when the primary is lost",
                 "RFC6665-06",
                 {"RFC6665-01"},
                 "primary_silent_from_boot"},
};

}  // namespace

std::span<const DeviationRow> guide_subscription_deviations() {
  return guide_subscription;
}

}  // namespace sipharness::dut
