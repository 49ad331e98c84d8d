// What a device can get wrong about one call: what it acknowledges and how, how it hangs up, which
// way its requests go.

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {

namespace {

const std::vector<DeviationRow> rows = {
    // How its transactions end, on both sides.
    {SIPHARNESS_DEVIATION(repeats_after_a_provisional),
     "goes on repeating the INVITE when the server has said 100",
     "RFC3261-TIMER-A-STOP",
     {"PROFILE-T1", "RFC3261-TX-BYTEID"},
     "primary_says_only_trying"},
    {SIPHARNESS_DEVIATION(acknowledges_an_error_once),
     "ignores an error response to INVITE that comes again",
     "RFC3261-TIMER-D",
     {},
     "callee_refuses"},
    {SIPHARNESS_DEVIATION(acknowledges_errors_without_their_tag),
     "leaves the To tag out of the ACK to an error response",
     "RFC3261-ACK-NON2XX",
     {},
     "callee_refuses"},
    {SIPHARNESS_DEVIATION(acknowledges_on_the_invites_branch),
     "acknowledges a 2xx on the branch of the INVITE",
     "RFC3261-ACK-2XX",
     {},
     "call_primary_up"},
    {SIPHARNESS_DEVIATION(acknowledges_an_answer_once),
     "ignores a 2xx that comes again",
     "RFC3261-ACK-2XX-REP",
     {},
     "answer_comes_again"},
    {SIPHARNESS_DEVIATION(seeks_the_unknown_elsewhere),
     "tries the secondary when the primary answers with a code it does not know",
     "RFC3261-GEN-09",
     {"FO-INV4XX", "GRP-CALL-02", "GRP-CALL-05", "RFC3263-03", "FO-NODUP", "FO-NOPAR",
      "RFC3261-ACK-2XX", "RFC3261-ROUTE-03"},
     "callee_refuses"},
    // How it cancels, hangs up and keeps its dialogs.
    {SIPHARNESS_DEVIATION(invites_with_two_contacts),
     "puts a second Contact into its INVITEs",
     "RFC3261-GEN-07",
     {},
     "call_primary_up"},
    {SIPHARNESS_DEVIATION(skips_a_number_in_the_dialog),
     "raises CSeq by two from the INVITE to the BYE",
     "RFC3261-GEN-12",
     {},
     "call_primary_up"},
    {SIPHARNESS_DEVIATION(forgets_the_second_route),
     "carries only the first of several routes",
     "RFC3261-ROUTE-01",
     {"RFC3261-ACK-2XX"},
     "call_through_proxies/loose_routers"},
    {SIPHARNESS_DEVIATION(takes_a_strict_router_for_loose),
     "speaks to a strict router as to a loose one",
     "RFC3261-ROUTE-02",
     {"RFC3261-ACK-2XX"},
     "call_through_proxies/strict_router"},
    {SIPHARNESS_DEVIATION(follows_the_returned_primary),
     "sends the BYE of a call over the secondary to the primary when that is back",
     "RFC3261-ROUTE-03",
     {"GRP-CALL-05"},
     "primary_returns"},
};

}  // namespace

std::vector<DeviationRow> call_deviations() {
  return rows;
}

}  // namespace sipharness::dut
