#pragma once
// What a phone can know of the primary when a call begins.

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// The phone is registered there and nothing told it that the primary is lost: no REGISTER that
/// failed, no call left for want of an answer, no connection that failed, no 503 that asks to wait.
bool is_primary_usable(const Phone& phone, CaptureTime at);

}  // namespace sipharness::observed
