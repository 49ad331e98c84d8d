// What a device can get wrong about digest credentials (RFC 7616 §3).

#include <array>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

const std::array rfc7616_3_digest{
    DeviationRow{SIPHARNESS_DEVIATION(leaves_digest_uri_unquoted),
                 "leaves the quotes around the digest's uri out",
                 "AUTH-03",
                 {},
                 "registrar_challenges/different_realms"},
    DeviationRow{SIPHARNESS_DEVIATION(never_counts_nonce_uses),
                 "says nc=00000001 with every use of a nonce",
                 "AUTH-04",
                 {},
                 "registrar_challenges/different_realms"},
    DeviationRow{SIPHARNESS_DEVIATION(takes_stale_for_a_refusal),
                 "takes stale=true for a rejection of its password",
                 "AUTH-05",
                 {"AUTH-01", "GRP-AUTH-02", "GRP-REG-03"},
                 "stale_nonce_and_wrong_password"},
    DeviationRow{SIPHARNESS_DEVIATION(prefers_the_last_challenge),
                 "answers the last challenge it knows instead of the topmost",
                 "AUTH-08",
                 {},
                 "several_challenges/sha256_and_md5"},
    DeviationRow{SIPHARNESS_DEVIATION(keeps_a_spent_nonce),
                 "overlooks the nonce that a 200 names for the next request",
                 "AUTH-11",
                 {"AUTH-05"},
                 "next_nonce"},
};

}  // namespace

std::span<const DeviationRow> rfc7616_3_digest_deviations() {
  return rfc7616_3_digest;
}

}  // namespace sipharness::dut
