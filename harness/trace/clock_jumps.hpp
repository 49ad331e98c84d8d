#pragma once
// Where the time of a capture may not be the time that passed: its clock was set forward, or the
// machine that took it stood still. A jump looks like a silence of everybody, so what tells them
// apart is what else has a clock: streams of RTP, retransmissions, several devices that all let
// pass what was due. With nothing of that a silence in which the only device owed something is a
// guess.

#include <vector>

#include "harness/trace/health.hpp"
#include "harness/trace/silence.hpp"

namespace sipharness::trace {

class Trace;

/// @param silences all of the capture, by time
/// @param media pauses of streams for whose senders no time passed
/// Of a trace whose roles are known. With a journal nothing is guessed: it tells the time.
std::vector<Fault> clock_jumps(const Trace& trace, const std::vector<Silence>& silences,
                               const std::vector<Silence>& media);

}  // namespace sipharness::trace
