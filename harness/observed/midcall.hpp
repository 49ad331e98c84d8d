#pragma once
// What happens within a call that is up: requests of the device that change or refresh it, how they
// end, and when the call ends. @source RFC 3261 §12.2, §14.1, §15.1; RFC 4028 §10

#include <optional>
#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

using policy::time_to_act;

/// An action shortly before `at` explains what the device then did.
/// Only a journal tells.
bool follows_action(const Phone& phone, CaptureTime at);
/// The same of an action that ends a call.
bool follows_end_action(const Phone& phone, CaptureTime at);

/// A re-INVITE or UPDATE of the device in a confirmed dialog.
struct Modification {
  const Transaction* request = nullptr;
  const Dialog* dialog = nullptr;
};

std::vector<Modification> find_modifications(const Phone& phone);
inline const std::vector<Modification>& modifications(const Phone& phone) {
  return phone.derived<find_modifications>();
}

bool is_in(const sip::MessageView& message, const Dialog& dialog);
/// The confirmed dialogs that a message of either side is in, in the order of their ACKs.
const std::vector<const Dialog*>& dialogs_of(const Phone& phone, const sip::MessageView& message);

/// No response at all until 64·T1 (or what the profile's limit of repeats makes of it) passed.
std::optional<CaptureTime> timed_out_at(const Phone& phone, const Transaction& request);
/// That, or a 408 or 481: the dialog is gone (§12.2.1.2).
std::optional<CaptureTime> dialog_lost_at(const Phone& phone, const Transaction& request);

/// A request within the call told the device that the dialog is gone.
bool was_dialog_lost(const Phone& phone, const Dialog& dialog);

/// The first BYE of the device in the dialog, from `from` on.
const Message* bye_of_device(const Phone& phone, const Dialog& dialog, CaptureTime from);

/// The transaction of its first BYE in the dialog; null if it sent none.
const Transaction* first_bye_of_device(const Phone& phone, const Dialog& dialog);

/// The first request of the device in the dialog that went to the server it does not belong to.
const Message* astray(const Phone& phone, const Dialog& dialog);

Evidence evidence_of(const Phone& phone, const Modification& modification);

/// The request asked for a session interval: it refreshes. @source RFC 4028 §7.1
bool asks_for_session(const sip::MessageView& request);

/// A session timer may end a call that nobody refreshes any more (RFC 4028 §10).
bool has_session_timer(const Phone& phone, const Dialog& dialog);
/// The attempt to register whose failure, without any answer, took the registration away while the
/// call was up; null: none did.
const RegisterAttempt* registration_lost_during(const Phone& phone, const Dialog& dialog);

}  // namespace sipharness::observed
