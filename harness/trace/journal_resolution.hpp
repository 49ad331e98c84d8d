#pragma once
// Holds a trace's journal against its capture: finds the datagrams that the journal names, and
// whether the capture may be believed to be whole. What does not fit is a fault of the capture,
// which turns verdicts into inconclusive.
// @source requirements §0.2 (general inconclusive rules), design "Time"

#include <string>
#include <vector>

#include "harness/trace/holes.hpp"
#include "harness/trace/payload_records.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// Marks ignored messages; a journalled send or ignored datagram that was not seen is a fault.
void resolve_journal(Trace& trace, PayloadRecords& payload_records);

/// Adds the faults that do not depend on single datagrams of the journal: those of the file, what
/// the capture lacks or cannot be read of, kernel drops, clock steps, a journal without its end.
void judge_health(Trace& trace, const Holes& holes, const std::vector<Fault>& of_the_file);

}  // namespace sipharness::trace
