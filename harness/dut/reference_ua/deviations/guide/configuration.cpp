// What a device can get wrong about its configuration (guide, Configuration, steps 2 and 3).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array guide_configuration{
    DeviationRow{SIPHARNESS_DEVIATION(tries_the_default_port_too),
                 "sends its first REGISTER to port 5060 as well as to the port it was given",
                 "GRP-CFG-02",
                 {},
                 "fqdn_port"},
};

}  // namespace

std::span<const DeviationRow> guide_configuration_deviations() {
  return guide_configuration;
}

}  // namespace sipharness::dut
