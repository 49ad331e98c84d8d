#pragma once
// What the run told a device to do, and what that means for it: switched on, off, over again.
// Without a journal nobody knows of any action.

#include <optional>
#include <string_view>
#include <vector>

#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// A journalled action for this phone.
using Action = Timed<journal::Action>;

std::vector<Action> find_actions(const Phone& phone);
/// In time order.
inline const std::vector<Action>& actions(const Phone& phone) {
  return phone.derived<find_actions>();
}

/// When an action of this verb first happened from `from` on.
std::optional<CaptureTime> next_action(const Phone& phone, std::string_view verb, CaptureTime from);

/// The first boot, restart or shutdown after `from`, or the first REGISTER of a restart under way;
/// the end of the trace if none: never later. Without a journal the device's own un-REGISTER says
/// that it goes down.
CaptureTime next_power_change(const Phone& phone, CaptureTime from);

/// The device was shut down before `at` and has not been booted since.
bool is_switched_off(const Phone& phone, CaptureTime at);

/// The first action for this device that was not delivered; a first boot is none: who was only met
/// was not told to be there. Null if there is none.
const trace::UndeliveredAction* undelivered_action(const Phone& phone);

/// The capture begins before the device was started: nobody knows that of a foreign capture, nor
/// of a device that was only met.
bool is_seen_from_its_boot(const Phone& phone);

}  // namespace sipharness::observed
