#pragma once
// How the bindings of a phone at one server cover a span of time, as far as the phone can know:
// what is missing in between, where they end, and what leaves that open.
// @source RFC 3261 §10.2.4; guide.txt, "SIP Server Redundancy"

#include <optional>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

/// A time without a binding, longer than the tolerance of registrations.
struct Gap {
  const RegisterAttempt* before = nullptr;  ///< that made the last binding; null: there was none
  const RegisterAttempt* after = nullptr;   ///< that made the next one
  CaptureTime from;
  Duration length{};
};

struct Coverage {
  std::vector<Gap> gaps;                  ///< before `until`
  CaptureTime until;                      ///< where the last binding ends
  const RegisterAttempt* last = nullptr;  ///< that made it; null: there was none
};

Coverage coverage_of(const Phone& phone, ServerRole server, const trace::Span& span);

/// An attempt at `server` in the span whose grant is not known, or the last one before; null: none.
const RegisterAttempt* unknown_grant_in(const Phone& phone, ServerRole server,
                                        const trace::Span& span);

/// The binding at `server` ended at `at` because the device took it back.
bool was_taken_back(const Phone& phone, ServerRole server, CaptureTime at);

/// How late its refresh is at `until`, the end of the capture; nothing if that is not the end, it
/// is not late, or `last` is not the last attempt at its server.
std::optional<Duration> overdue_at(const Phone& phone, const RegisterAttempt& last,
                                   CaptureTime until);

}  // namespace sipharness::observed
