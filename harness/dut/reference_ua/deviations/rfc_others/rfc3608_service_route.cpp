// What a device can get wrong about the Service-Routes of its servers (RFC 3608).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3608_service_route{
    DeviationRow{SIPHARNESS_DEVIATION(keeps_the_route_of_the_first_server),
                 "sends the INVITE to the secondary with the Service-Route of the primary",
                 "RFC3608-01",
                 {"GRP-CALL-03", "GRP-CALL-04"},
                 "service_routes"},
};

}  // namespace

std::span<const DeviationRow> rfc3608_service_route_deviations() {
  return rfc3608_service_route;
}

}  // namespace sipharness::dut
