// What a device can get wrong about message waiting (RFC 3842 §3).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3842_3_message_waiting{
    DeviationRow{SIPHARNESS_DEVIATION(accepts_no_message_summary),
                 "accepts another body than message summaries for message waiting",
                 "RFC3842-01",
                 {},
                 "subscribe_both_not_mwi"},
};

}  // namespace

std::span<const DeviationRow> rfc3842_3_message_waiting_deviations() {
  return rfc3842_3_message_waiting;
}

}  // namespace sipharness::dut
