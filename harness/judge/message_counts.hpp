#pragma once
// How many SIP messages of a capture were judged, whose they are, and why the others were not: what
// was seen is judged or left out.

#include <cstdint>
#include <string>
#include <vector>

#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::judge {

/// Fills `messages` and the messages of each of the result's devices, which stand in the order of
/// those of the trace that are under test.
void count_messages(verdict::Result& result, const trace::Trace& trace);

/// What a capture held in which no requirement was judged, and what to do about it; empty if some
/// was. The findings, the notes and the counts are in the result already.
std::string describe_nothing_judged(const verdict::Result& result, const trace::Trace& trace,
                                    const std::vector<trace::Server>& named);

}  // namespace sipharness::judge
