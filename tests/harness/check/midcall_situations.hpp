#pragma once
// Calls that are up, for the cases on what happens within them.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {

/// Booted; a call over the primary is up from 8 s on. Gives its INVITE.
test_support::MessageId call_up(Setting s, bool incoming, const test_support::Fields& answer = {});
/// A re-INVITE of the device in that call.
test_support::MessageId reinvite(Setting s, test_support::MessageId call, Duration at,
                                 const test_support::Fields& fields = {});

}  // namespace sipharness::check_tests
