#pragma once
// What happens within a call that is up: requests of the device that change or refresh it, how they
// end, and when the call ends. @source RFC 3261 §12.2, §14.1, §15.1; RFC 4028 §10

#include <optional>
#include <vector>

#include "harness/check/evidence.hpp"

namespace sipharness::check {

/// policy: how soon a device acts on what it has learned (BYE after a lost dialog).
inline constexpr Duration time_to_act = 2s;

/// The device's user ordered something shortly before `at` that explains what the device then did.
/// Only a journal tells.
bool was_ordered(const Context& context, CaptureTime at);
/// The same of the end of a call.
bool was_end_ordered(const Context& context, CaptureTime at);

/// A re-INVITE or UPDATE of the device in a confirmed dialog.
struct Modification {
  const trace::Transaction* request = nullptr;
  const trace::ConfirmedDialog* dialog = nullptr;
};

std::vector<Modification> modifications(const Context& context);

bool is_in(const sip::MessageView& message, const trace::ConfirmedDialog& dialog);

/// No response at all until 64·T1 (or what the profile's limit of repeats makes of it) passed.
std::optional<CaptureTime> timed_out_at(const Context& context, const trace::Transaction& request);
/// That, or a 408 or 481: the dialog is gone (§12.2.1.2).
std::optional<CaptureTime> dialog_lost_at(const Context& context,
                                          const trace::Transaction& request);

/// A request within the call told the device that the dialog is gone.
bool was_dialog_lost(const Context& context, const trace::ConfirmedDialog& dialog);

/// The first BYE of the device in the dialog, from `from` on.
const trace::Message* bye_of_device(const Context& context, const trace::ConfirmedDialog& dialog,
                                    CaptureTime from);

/// A request of the device in the dialog that went to the server it does not belong to.
const trace::Message* astray(const Context& context, const trace::ConfirmedDialog& dialog);

Evidence evidence_of(const Context& context, const Modification& modification);

/// The request asked for a session interval: it refreshes. @source RFC 4028 §7.1
bool asks_for_session(const sip::MessageView& request);

}  // namespace sipharness::check
