// What a device can get wrong about its subscriptions (RFC 6665 §4.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc6665_4_subscription{
    DeviationRow{SIPHARNESS_DEVIATION(never_refreshes_subscriptions),
                 "lets its subscriptions lapse",
                 "RFC6665-01",
                 {"RFC6665-07", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "subscription_lifecycle/early_notify"},
    DeviationRow{SIPHARNESS_DEVIATION(refuses_early_notifies),
                 "answers 481 to a NOTIFY that overtakes the response to its SUBSCRIBE",
                 "RFC6665-02",
                 {"GRP-SUB-03", "RFC6665-01", "RFC6665-07", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "subscription_lifecycle/early_notify"},
    DeviationRow{SIPHARNESS_DEVIATION(believes_a_subscription_without_notify),
                 "refreshes a subscription from which no NOTIFY ever came",
                 "RFC6665-03",
                 {"RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "subscription_lifecycle/no_notify"},
    DeviationRow{SIPHARNESS_DEVIATION(ignores_retry_after_of_notify),
                 "subscribes again before the retry-after of a NOTIFY has passed",
                 "RFC6665-04",
                 {},
                 "subscription_lifecycle/terminated_with_retry_after"},
    DeviationRow{SIPHARNESS_DEVIATION(repeats_a_bad_event),
                 "asks again for a package that the server does not know",
                 "RFC6665-05",
                 {"FO-HERD-03"},
                 "subscription_lifecycle/package_unknown"},
    DeviationRow{SIPHARNESS_DEVIATION(subscribes_anew_to_refresh),
                 "begins a subscription anew where it should refresh it",
                 "RFC6665-07",
                 {"RFC6665-01", "RFC3261-DLG-06", "RFC3261-ROUTE-04"},
                 "subscription_lifecycle/early_notify"},
};

}  // namespace

std::span<const DeviationRow> rfc6665_4_subscription_deviations() {
  return rfc6665_4_subscription;
}

}  // namespace sipharness::dut
