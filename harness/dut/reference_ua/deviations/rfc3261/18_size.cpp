// What a device can get wrong about large requests (RFC 3261 §18.1.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_18_size{
    DeviationRow{SIPHARNESS_DEVIATION(sends_a_large_invite_by_udp),
                 "sends an INVITE of more than 1300 bytes over UDP",
                 "RFC3261-GEN-11",
                 {},
                 "call_primary_up"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_18_size_deviations() {
  return rfc3261_18_size;
}

}  // namespace sipharness::dut
