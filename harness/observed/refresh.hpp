#pragma once
// Refreshes of a registration and the window the guide gives them: granted expiry E minus
// Reregister before Expiration R. @source guide.txt, "Configuration" (Optional); RFC 3261 §10.2.4

#include <span>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::observed {

/// The first REGISTER at `server` that ends no registration; null: none.
const RegisterAttempt* first_attempt(const Phone& phone, ServerRole server);
/// The first REGISTER that `server` accepted, other than to end a registration; null: none.
const RegisterAttempt* first_accepted(const Phone& phone, ServerRole server);
/// The first that made a binding there; null: none.
const RegisterAttempt* first_bound(const Phone& phone, ServerRole server);

/// A registration that was accepted and the next attempt at the same server, with no restart
/// of the device in between.
struct Refresh {
  const RegisterAttempt* previous = nullptr;  ///< has ok and granted
  const RegisterAttempt* next = nullptr;
  Duration granted{};  ///< E
  /// `next` had another reason than time, so that its moment is no period: a new Contact, address
  /// or connection, or a call that is about to move to that server.
  bool has_other_reason = false;
  /// `previous` had, so that the device may have kept to its periods and be early.
  bool follows_other_reason = false;
  /// What looks like a restart comes next: by `next` the device may have said that it goes.
  bool precedes_restart = false;
};

/// At one server, in time order.
const std::vector<Refresh>& refreshes_at(const Phone& phone, ServerRole server);

std::vector<const Refresh*> find_refreshes(const Phone& phone);
/// At the primary, then those at the secondary.
inline const std::vector<const Refresh*>& refreshes(const Phone& phone) {
  return phone.derived<find_refreshes>();
}

/// Of the attempt that refreshes.
Evidence evidence_of(const Phone& phone, const Refresh& refresh);

/// A 423 of that server made the device ask for longer than it is configured to.
bool was_told_min_expires(const Phone& phone, const RegisterAttempt& attempt);
/// It asks for more than the phone's setting, and its first REGISTERs were before the capture: they
/// may have been answered with a 423.
bool may_have_been_told_min_expires(const Phone& phone, const RegisterAttempt& attempt);

/// Another attempt at its server began before the registration lapsed.
bool is_refreshed(const Phone& phone, const RegisterAttempt& granted);
/// The device and the server went on until the registration lapsed: it was due for a refresh. So it
/// is where the device left it alone, whatever the server did.
bool was_due_for_refresh(const Phone& phone, const RegisterAttempt& attempt);
/// The last registration at a server lapsed while that was out, and nothing had looked for it: no
/// attempt, no connection.
bool has_lapsed_unnoticed(const Phone& phone, const RegisterAttempt& last);
/// Without a journal: the device let the registration lapse without an attempt, or a connection, at
/// its server. Trouble at the server then explains nothing for sure: who refreshes tries.
bool is_left_to_lapse(const Phone& phone, const RegisterAttempt& granted);

/// So many OPTIONS in a row went unanswered before the REGISTER that the device was right to look
/// whether its binding is still there.
bool follows_lost_options(const Phone& phone, const RegisterAttempt& attempt);

/// The attempts of the minute that has most of them at `server`, the first such minute.
std::span<const RegisterAttempt* const> busiest_minute(const Phone& phone, ServerRole server);

/// When the guide wants the refresh at the latest, counted from the 200: E − R, or E when R is not
/// used or larger than E.
Duration latest_refresh(const Phone& phone, Duration granted);
/// The window of I = next.start − previous.ok (AMB-5 for R = 0, AMB-6 for R ≥ E).
verdict::Window refresh_window(const Phone& phone, Duration granted);
/// The longest expiry that an attempt was granted or asked for, or may be granted unasked.
Duration longest_expiry(const Phone& phone);

}  // namespace sipharness::observed
