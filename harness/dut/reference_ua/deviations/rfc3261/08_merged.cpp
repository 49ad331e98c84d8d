// What a device can get wrong about a request that reaches it on two ways (RFC 3261 §8.2.2.2).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_8_merged{
    DeviationRow{SIPHARNESS_DEVIATION(rings_twice_for_one_call),
                 "takes a call that both servers bring for two",
                 "RFC3261-UAS-MERGE",
                 {"GRP-CALL-07"},
                 "call_by_both_servers"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_8_merged_deviations() {
  return rfc3261_8_merged;
}

}  // namespace sipharness::dut
