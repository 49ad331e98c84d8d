// What a device can get wrong about its server transactions (RFC 3261 §17.2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_17_server{
    DeviationRow{SIPHARNESS_DEVIATION(never_caps_timer_g),
                 "doubles Timer G without the cap of T2",
                 "RFC3261-TIMER-G",
                 {},
                 "requests_to_device/refused_without_ack"},
    DeviationRow{SIPHARNESS_DEVIATION(repeats_a_refusal_past_timer_h),
                 "repeats a refusal for 38 seconds",
                 "RFC3261-TIMER-H",
                 {},
                 "requests_to_device/refused_without_ack"},
    DeviationRow{SIPHARNESS_DEVIATION(repeats_a_refusal_despite_its_ack),
                 "goes on repeating a refusal that was acknowledged",
                 "RFC3261-TIMER-I",
                 {},
                 "requests_to_device/refused_with_late_ack"},
    DeviationRow{SIPHARNESS_DEVIATION(changes_repeated_answers),
                 "answers a repeated request with another message than the first time",
                 "RFC3261-TIMER-J",
                 {},
                 "requests_to_device/repeated"},
    DeviationRow{SIPHARNESS_DEVIATION(leaves_a_caller_without_a_word),
                 "says nothing for half a second when it is called",
                 "RFC3261-UAS-100",
                 {},
                 "incoming_via_secondary/answered"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_17_server_deviations() {
  return rfc3261_17_server;
}

}  // namespace sipharness::dut
