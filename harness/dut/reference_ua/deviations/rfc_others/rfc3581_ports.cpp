// What a device can get wrong about rport (RFC 3581 §3, §4).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3581_4_ports{
    DeviationRow{SIPHARNESS_DEVIATION(omits_rport),
                 "asks for no rport",
                 "RFC3581-01",
                 {},
                 "through_proxies_and_nat/loose_routers"},
    DeviationRow{SIPHARNESS_DEVIATION(answers_where_via_says),
                 "answers at the port of sent-by where it is asked for rport",
                 "RFC3581-02",
                 {"DUT-ALIVE", "RFC3261-UAS-100", "RFC3261-DLG-05", "RFC3261-GEN-14",
                  "RFC3261-GEN-15", "RFC3261-GEN-16", "RFC3261-GEN-17"},
                 "through_proxies_and_nat/source_port_changed"},
};

}  // namespace

std::span<const DeviationRow> rfc3581_4_ports_deviations() {
  return rfc3581_4_ports;
}

}  // namespace sipharness::dut
