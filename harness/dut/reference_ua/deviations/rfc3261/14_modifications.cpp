// What a device can get wrong about changing a call that is up (RFC 3261 §14.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_14_modifications{
    DeviationRow{SIPHARNESS_DEVIATION(keeps_a_lost_dialog),
                 "keeps a dialog that the far end does not know any more",
                 "RFC3261-DLG-01",
                 {"RFC3261-BYE-01"},
                 "change_in_call/dialog_unknown"},
    DeviationRow{SIPHARNESS_DEVIATION(gives_up_when_refused),
                 "ends a call whose change is refused",
                 "RFC3261-DLG-02",
                 {},
                 "change_in_call/not_acceptable"},
    DeviationRow{SIPHARNESS_DEVIATION(retries_at_once_after_491),
                 "tries its re-INVITE again 100 ms after a 491",
                 "RFC3261-DLG-03",
                 {},
                 "change_in_call/glare"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_14_modifications_deviations() {
  return rfc3261_14_modifications;
}

}  // namespace sipharness::dut
