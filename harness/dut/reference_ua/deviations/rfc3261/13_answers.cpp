// What a device can get wrong about answering a call (RFC 3261 §13.3; RFC 6026 §7).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_13_answers{
    DeviationRow{SIPHARNESS_DEVIATION(sends_its_200_once),
                 "sends its 200 once and waits for the ACK",
                 "RFC3261-UAS-2XX",
                 {},
                 "requests_to_device/answered_without_ack"},
    DeviationRow{SIPHARNESS_DEVIATION(rings_only_once),
                 "says that it rings once, however long it rings",
                 "RFC3261-UAS-1XX",
                 {},
                 "incoming_via_secondary/rings_long"},
    DeviationRow{SIPHARNESS_DEVIATION(forgets_what_it_answered),
                 "takes the copy of an INVITE that it answered for another call",
                 "RFC6026-01",
                 {"RFC3261-GEN-14"},
                 "requests_to_device/invite_repeated"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_13_answers_deviations() {
  return rfc3261_13_answers;
}

}  // namespace sipharness::dut
