// What a device can get wrong about proving who it is.

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {

namespace {

const std::vector<DeviationRow> authentication_rows = {
    {SIPHARNESS_DEVIATION(dials_only_after_a_challenge),
     "makes no call until some server has challenged it",
     "GRP-AUTH-01",
     {"GRP-CALL-01", "GRP-CALL-02", "FO-NODUP", "DUT-ALIVE", "RFC3261-ACK-2XX", "RFC3261-GEN-07",
      "RFC3261-GEN-12", "RFC3261-TIMER-A-STOP", "RFC3261-CANCEL-04", "RFC3261-BYE-01"},
     "call_primary_up"},
    {SIPHARNESS_DEVIATION(takes_a_first_challenge_for_a_failure),
     "turns to the secondary when the primary first challenges an INVITE",
     "GRP-AUTH-02",
     {"GRP-CALL-02", "AUTH-07"},
     "proxy_challenges_calls"},
    {SIPHARNESS_DEVIATION(takes_a_new_from_tag_for_the_retry),
     "takes a new From tag when it sends a challenged REGISTER again",
     "AUTH-01",
     {},
     "registrar_challenges/different_realms"},
    {SIPHARNESS_DEVIATION(answers_a_first_407_in_authorization),
     "puts its first answer to a 407 into Authorization",
     "AUTH-02",
     {},
     "proxy_challenges_calls"},
    {SIPHARNESS_DEVIATION(leaves_digest_uri_unquoted),
     "leaves the quotes around the digest's uri out",
     "AUTH-03",
     {},
     "registrar_challenges/different_realms"},
    {SIPHARNESS_DEVIATION(never_counts_nonce_uses),
     "says nc=00000001 with every use of a nonce",
     "AUTH-04",
     {},
     "registrar_challenges/different_realms"},
    {SIPHARNESS_DEVIATION(takes_stale_for_a_refusal),
     "takes stale=true for a rejection of its password",
     "AUTH-05",
     {"AUTH-01", "GRP-AUTH-02", "GRP-REG-03"},
     "stale_nonce_and_wrong_password"},
    {SIPHARNESS_DEVIATION(insists_on_rejected_credentials),
     "answers each challenge anew although its password was just rejected",
     "AUTH-06",
     {},
     "stale_nonce_and_wrong_password"},
    {SIPHARNESS_DEVIATION(acknowledges_without_credentials),
     "leaves the credentials of the INVITE out of its ACK",
     "AUTH-07",
     {"RFC3261-ACK-2XX"},
     "proxy_challenges_calls"},
    {SIPHARNESS_DEVIATION(prefers_the_last_challenge),
     "answers the last challenge it knows instead of the topmost",
     "AUTH-08",
     {},
     "several_challenges/sha256_and_md5"},
    {SIPHARNESS_DEVIATION(insists_on_the_nonce_of_the_other_server),
     "tries the primary's nonce at a secondary of the same realm and gives up at its challenge",
     "AUTH-09",
     {"AUTH-01", "AUTH-05", "GRP-AUTH-02", "GRP-REG-02", "GRP-REG-03"},
     "registrar_challenges/same_realm"},
    {SIPHARNESS_DEVIATION(starts_late_at_the_secondary),
     "begins at the secondary fifteen seconds after the primary",
     "AUTH-10",
     {"GRP-REG-01"},
     "registrar_challenges/different_realms"},
};

}  // namespace

std::vector<DeviationRow> authentication_deviations() {
  return authentication_rows;
}

}  // namespace sipharness::dut
