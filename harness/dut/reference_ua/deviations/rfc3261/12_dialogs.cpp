// What a device can get wrong about ending a dialog, and about one that is over (RFC 3261 §12.2,
// §15).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_12_dialogs{
    DeviationRow{SIPHARNESS_DEVIATION(asks_after_its_bye),
                 "sends INFO in a dialog that it has ended",
                 "RFC3261-BYE-01",
                 {},
                 "primary_dies_in_call/hung_up_soon"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_any_bye),
                 "answers 200 to a BYE in a dialog it does not know",
                 "RFC3261-DLG-04",
                 {},
                 "requests_to_device/stray_bye"},
    DeviationRow{SIPHARNESS_DEVIATION(ignores_requests_in_its_calls),
                 "leaves what the other side asks in a call without an answer, but for BYE",
                 "RFC3261-DLG-05",
                 {"RFC3261-GEN-07", "RFC3261-GEN-14", "RFC3261-GEN-15", "RFC3261-GEN-16"},
                 "change_by_far_end/update"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_12_dialogs_deviations() {
  return rfc3261_12_dialogs;
}

}  // namespace sipharness::dut
