// What a device can get wrong about tags (RFC 3261 §19.3).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_19_tags{
    DeviationRow{SIPHARNESS_DEVIATION(repeats_its_tags),
                 "calls with the same From tag every time",
                 "RFC3261-GEN-06",
                 {},
                 "primary_down"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_19_tags_deviations() {
  return rfc3261_19_tags;
}

}  // namespace sipharness::dut
