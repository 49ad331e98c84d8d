#pragma once
// Without a journal: connections that a server reset while nothing was asked over them. A server
// that restarts does so, and one that is well and tidies up: a capture tells them apart only by
// what comes next. @source RFC 3261 §18.4; RFC 9293 §3.5.3

#include <optional>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// It came while nothing was asked over the connection, and refused none.
bool is_idle_reset(const Phone& phone, const TransportFailure& failure);

/// The last such reset by `server` after `from` and before `until`, if the server was not heard
/// from then to `until`: it may have been out.
std::optional<CaptureTime> unexplained_reset(const Phone& phone, ServerRole server,
                                             CaptureTime from, CaptureTime until);

}  // namespace sipharness::observed
