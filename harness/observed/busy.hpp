#pragma once
// When a phone was in use: in a call, or setting one up.

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// A dialog that was answered before `at` had not ended by then.
bool is_in_call(const Phone& phone, CaptureTime at);

/// Another call than that of `invite` was being set up at `at`, either way.
bool sets_up_another_call(const Phone& phone, const Transaction& invite, CaptureTime at);

}  // namespace sipharness::observed
