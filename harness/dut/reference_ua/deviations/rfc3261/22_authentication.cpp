// What a device can get wrong about answering a challenge (RFC 3261 §22).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc3261_22_authentication{
    DeviationRow{SIPHARNESS_DEVIATION(answers_a_challenge_elsewhere),
                 "answers the challenge of one machine at the next address of its name",
                 "AUTH-01",
                 {"AUTH-05", "GRP-AUTH-02", "GRP-REG-02", "GRP-REG-03"},
                 "challenged_behind_a_name"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_a_new_from_tag_for_the_retry),
                 "takes a new From tag when it sends a challenged REGISTER again",
                 "AUTH-01",
                 {},
                 "registrar_challenges/different_realms"},
    DeviationRow{SIPHARNESS_DEVIATION(answers_a_first_407_in_authorization),
                 "puts its first answer to a 407 into Authorization",
                 "AUTH-02",
                 {},
                 "proxy_challenges_calls"},
    DeviationRow{SIPHARNESS_DEVIATION(insists_on_rejected_credentials),
                 "answers each challenge anew although its password was just rejected",
                 "AUTH-06",
                 {},
                 "stale_nonce_and_wrong_password"},
    DeviationRow{SIPHARNESS_DEVIATION(acknowledges_without_credentials),
                 "leaves the credentials of the INVITE out of its ACK",
                 "AUTH-07",
                 {"RFC3261-ACK-2XX"},
                 "proxy_challenges_calls"},
    DeviationRow{
        SIPHARNESS_DEVIATION(insists_on_the_nonce_of_the_other_server),
        "tries the primary's nonce at a secondary of the same realm and gives up at its challenge",
        "AUTH-09",
        {"AUTH-01", "AUTH-05", "GRP-AUTH-02", "GRP-REG-02", "GRP-REG-03"},
        "registrar_challenges/same_realm"},
};

}  // namespace

std::span<const DeviationRow> rfc3261_22_authentication_deviations() {
  return rfc3261_22_authentication;
}

}  // namespace sipharness::dut
