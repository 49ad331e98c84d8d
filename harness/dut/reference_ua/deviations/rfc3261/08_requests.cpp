// What a device can get wrong about the requests it makes (RFC 3261 §8.1.1).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_8_requests{
    DeviationRow{SIPHARNESS_DEVIATION(omits_max_forwards),
                 "leaves Max-Forwards out",
                 "RFC3261-GEN-01",
                 {"RFC3261-GEN-02"},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(sends_max_forwards_seven),
                 "starts with Max-Forwards 7",
                 "RFC3261-GEN-02",
                 {},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(writes_branches_without_cookie),
                 "begins its branches with something else than z9hG4bK",
                 "RFC3261-GEN-03",
                 {},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(reuses_the_invite_branch_for_bye),
                 "sends BYE with the branch of the INVITE",
                 "RFC3261-GEN-04",
                 {},
                 "call_primary_up"},
    DeviationRow{SIPHARNESS_DEVIATION(claims_tcp_in_via),
                 "says SIP/2.0/TCP in Via and sends UDP",
                 "RFC3261-GEN-05",
                 {"PROFILE-TRANSPORT"},
                 "both_up_register"},
    DeviationRow{SIPHARNESS_DEVIATION(invites_with_two_contacts),
                 "puts a second Contact into its INVITEs",
                 "RFC3261-GEN-07",
                 {},
                 "call_primary_up"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_8_requests_deviations() {
  return rfc3261_8_requests;
}

}  // namespace sipharness::dut
