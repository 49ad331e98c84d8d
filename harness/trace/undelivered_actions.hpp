#pragma once
// Which actions of the journal were delivered to the device. A driver, or the person asked on the
// terminal, may fail to pass an action on; then the device did not disobey.
//  1. An action that nobody reported done, and that left no sign on the wire within its grace, was
//     not delivered: it is taken out of the journal, and listed.
//  2. An action that was reported done stays, sign or no sign: the device answers for it.
//  3. The grace of an action that a person was asked for begins with the answer.
// @source requirements §0.2, rule (i)

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// policy of the catalogue: so long an action may take to show on the wire.
constexpr Duration action_grace = std::chrono::seconds(10);

/// Moves them from trace.journal to trace.undelivered_actions. Roles must have been assigned.
void set_undelivered_actions_apart(Trace& trace);

}  // namespace sipharness::trace
