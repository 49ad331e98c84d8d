#pragma once
// When the connections ended that a phone exchanged messages over. @source RFC 9293 §3.6, §3.10.7

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// The connection that brought `message` was closed or reset by either side, after it and by `at`.
bool has_ended_by(const Phone& phone, const Message& message, CaptureTime at);

}  // namespace sipharness::observed
