// What a device can get wrong about its subscriptions.

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {

namespace {

const std::vector<DeviationRow> subscription_rows = {
    {SIPHARNESS_DEVIATION(subscribes_at_the_primary_only),
     "subscribes to nothing at the secondary",
     "GRP-SUB-01",
     {"RFC6665-06"},
     "subscribe_both_not_mwi"},
    {SIPHARNESS_DEVIATION(subscribes_mwi_at_both),
     "subscribes to message waiting at both servers",
     "GRP-SUB-02",
     {},
     "subscribe_both_not_mwi"},
    {SIPHARNESS_DEVIATION(refuses_notifies_of_the_secondary),
     "answers 481 to the NOTIFYs of the secondary",
     "GRP-SUB-03",
     {},
     "subscribe_both_not_mwi"},
    {SIPHARNESS_DEVIATION(drops_subscriptions_with_the_primary),
     "forgets its subscriptions at the secondary when the primary is lost",
     "RFC6665-06",
     {"RFC6665-01"},
     "primary_silent_from_boot"},
    {SIPHARNESS_DEVIATION(accepts_no_message_summary),
     "accepts another body than message summaries for message waiting",
     "RFC3842-01",
     {},
     "subscribe_both_not_mwi"},
    {SIPHARNESS_DEVIATION(never_refreshes_subscriptions),
     "lets its subscriptions lapse",
     "RFC6665-01",
     {},
     "subscription_lifecycle/early_notify"},
    {SIPHARNESS_DEVIATION(refuses_early_notifies),
     "answers 481 to a NOTIFY that overtakes the response to its SUBSCRIBE",
     "RFC6665-02",
     {"GRP-SUB-03", "RFC6665-01"},
     "subscription_lifecycle/early_notify"},
    {SIPHARNESS_DEVIATION(believes_a_subscription_without_notify),
     "refreshes a subscription from which no NOTIFY ever came",
     "RFC6665-03",
     {},
     "subscription_lifecycle/no_notify"},
    {SIPHARNESS_DEVIATION(ignores_retry_after_of_notify),
     "subscribes again before the retry-after of a NOTIFY has passed",
     "RFC6665-04",
     {},
     "subscription_lifecycle/terminated_with_retry_after"},
    {SIPHARNESS_DEVIATION(repeats_a_bad_event),
     "asks again for a package that the server does not know",
     "RFC6665-05",
     {},
     "subscription_lifecycle/package_unknown"},
};

}  // namespace

std::vector<DeviationRow> subscription_deviations() {
  return subscription_rows;
}

}  // namespace sipharness::dut
