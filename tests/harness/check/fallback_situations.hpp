#pragma once
// Calls to a primary that falls silent, for the cases on what the device does about it.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {

inline const std::vector<Duration> timer_a = {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms};

/// Registered all the time, and nothing else.
void nobody_calls(Setting s);
/// A call that falls back by Timer B.
void by_the_book(Setting s);
/// The primary is silent from 5 s, called at 7 s with these retransmissions; the secondary gets
/// its INVITE at `second`.
std::function<void(Setting)> leaves(std::vector<Duration> offsets, Duration second);
/// The same, and the secondary is never called.
void never_tries_the_next(Setting s);

}  // namespace sipharness::check_tests
