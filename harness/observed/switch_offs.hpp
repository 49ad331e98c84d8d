#pragma once
// When a device went down by itself, as a capture without a journal shows it: it took its
// registrations back and was gone. @source RFC 3261 §10.2.2

#include <array>
#include <cstddef>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

std::vector<CaptureTime> find_own_switch_offs(const Phone& phone);
/// In time order. To take one binding back while another is kept, or to register again at once, and
/// to go on with what was begun, is none.
inline const std::vector<CaptureTime>& own_switch_offs(const Phone& phone) {
  return phone.derived<find_own_switch_offs>();
}

/// The device went: it was shut down, as the journal says, or as its own un-REGISTERs do.
struct Departure {
  CaptureTime at;
  std::array<const RegisterAttempt*, 3>
      last_attempts{};         ///< between then and its return, by server
  bool told_a_server = false;  ///< one of these takes a binding back
  bool is_known = false;       ///< by the journal, or by its return
  CaptureTime seen_until;
  const RegisterAttempt* last_attempt_at(ServerRole server) const {
    return last_attempts[static_cast<std::size_t>(server)];
  }
  /// It is known that the device went, or shown by a binding that was left to lapse.
  bool is_certain(CaptureTime lapse) const {
    return seen_until >= at + policy::action_grace && (is_known || seen_until > lapse);
  }
};

std::vector<Departure> find_departures(const Phone& phone);
/// In time order.
inline const std::vector<Departure>& departures(const Phone& phone) {
  return phone.derived<find_departures>();
}

/// Without a journal: the un-REGISTER by which the device left `server` at `at` and kept its
/// binding at the other, where the capture ends before it shows whether the device went down; null:
/// none.
const RegisterAttempt* left_one_server(const Phone& phone, ServerRole server, CaptureTime at);

/// Without a journal: by what it sent last, then, the device took its registrations back, so it may
/// be off.
bool has_taken_leave(const Phone& phone, CaptureTime last_sent);

}  // namespace sipharness::observed
