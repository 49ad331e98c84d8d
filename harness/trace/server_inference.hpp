#pragma once
// Which endpoints are the servers of a foreign capture, and which of them is the primary.
//  1. Where devices register are their servers; where nobody registers, signs tell which end is one
//     (phones_served_without_register). What a proxy or a registrar sends on goes to nobody's
//     server.
//  2. The first two of an account are a pair. Of these the one is primary that calls begin at; the
//     order of REGISTERs proves nothing and is a guess.
//  3. Two addresses are one server if requests for one name go to both and the capture shows that
//  it
//     was looked up as both. A further one is neither, and what it may be is in Trace::other_roles.
// @source requirements AMB-1, RFC 3263 §4.3

#include <vector>

#include "harness/trace/flow_evidence.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// Fills Trace::servers and Trace::other_roles. `accounts`: those under test, as far as known.
void infer_servers(Trace& trace, const std::vector<FlowEvidence>& evidence,
                   const Intermediaries& intermediaries, const std::vector<std::string>& accounts);

}  // namespace sipharness::trace
