#pragma once
// What the servers sent to a phone: when they spoke at all, when they asked to be left alone, and
// whether they asked for credentials.

#include <optional>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// When the server last sent something to the phone, no later than `at`.
std::optional<CaptureTime> last_heard(const Phone& phone, ServerRole server, CaptureTime at);

/// When the server next sent something to the phone, later than `at`.
std::optional<CaptureTime> next_heard(const Phone& phone, ServerRole server, CaptureTime at);

/// The server asked with 503 not to be tried until later than `at`. @source RFC 3261 §21.5.4
bool asked_to_wait(const Phone& phone, ServerRole server, CaptureTime at);

/// The server had sent a 503, whatever it asked for, by `at`.
bool had_sent_503(const Phone& phone, ServerRole server, CaptureTime at);

/// Some server sent a 401 or 407.
bool is_ever_challenged(const Phone& phone);

}  // namespace sipharness::observed
