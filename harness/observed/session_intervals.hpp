#pragma once
// The intervals that session timers cut a call into. @source RFC 4028 §4, §7.2, §9, §10

#include <optional>
#include <vector>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// One interval of a session, from the 2xx that settled it to what came next.
struct SessionInterval {
  const Dialog* dialog = nullptr;
  CaptureTime from;
  Duration expires{};
  bool by_device = false;  ///< the device refreshes
  std::size_t answer = 0;  ///< message: the 2xx
  CaptureTime until;  ///< the next refresh that was asked for, the end of the call or the capture
  std::optional<std::size_t> next{};    ///< message: that refresh
  bool was_changed_by_far_end = false;  ///< it asked for that refresh
};

std::vector<SessionInterval> find_session_intervals(const Phone& phone);
/// Dialog by dialog, each in order.
inline const std::vector<SessionInterval>& session_intervals(const Phone& phone) {
  return phone.derived<find_session_intervals>();
}
/// The 2xx.
Evidence evidence_of(const Phone& phone, const SessionInterval& interval);

/// Whether the device was restarted, or its user stepped in, before the interval was up.
bool was_cut_short(const Phone& phone, const SessionInterval& interval, CaptureTime due);

/// The INVITE by which the device tries again what drew a 422, if it does: of the same call, as its
/// user counts calls.
const Transaction* second_try(const Phone& phone, const Transaction& refused);

}  // namespace sipharness::observed
