// What a device can get wrong about reliable provisional responses (RFC 3262).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3262_4_reliability{
    DeviationRow{SIPHARNESS_DEVIATION(never_sends_prack),
                 "says that it supports 100rel and never sends PRACK",
                 "RFC3262-01",
                 {},
                 "call_rings_reliably"},
    DeviationRow{SIPHARNESS_DEVIATION(acknowledges_another_provisional),
                 "names another response in its PRACK than the one that came",
                 "RFC3262-01",
                 {},
                 "call_rings_reliably"},
};

}  // namespace

std::span<const DeviationRow> rfc3262_4_reliability_deviations() {
  return rfc3262_4_reliability;
}

}  // namespace sipharness::dut
