#pragma once
// Which orders of the journal count as given. A driver, or the person asked on the terminal, may
// fail to pass an order on; then the device did not disobey.
//  1. An order that nobody said was carried out, and that left no sign on the wire within its
//     grace, is lost: it is taken out of the journal, and listed.
//  2. An order that was reported done stays, sign or no sign: the device answers for it.
//  3. The grace of an order that a person was asked for ends so long after the answer.
// @source requirements §0.2, rule (i)

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// policy of the catalogue: so long an ordered action may take to show on the wire.
constexpr Duration action_grace = std::chrono::seconds(10);

/// Moves lost orders from trace.journal to trace.lost_orders. Roles must have been assigned.
void set_lost_orders_apart(Trace& trace);

}  // namespace sipharness::trace
