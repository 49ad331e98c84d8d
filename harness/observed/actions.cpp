#include "harness/observed/actions.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "harness/observed/registration.hpp"
#include "harness/observed/switch_offs.hpp"

namespace sipharness::observed {
namespace {

bool is_power_change(const Action& action) {
  const std::string& verb = action.event->verb;
  return verb == "boot" || verb == "restart" || verb == "shutdown";
}

std::vector<Action> find_power_changes(const Phone& phone) {
  std::vector<Action> found;
  std::ranges::copy_if(actions(phone), std::back_inserter(found), is_power_change);
  return found;
}

/// A restart until the device is up again. Told to restart, a device may take its registrations
/// back first: it is up with the first REGISTER that asks for something.
struct Restart {
  CaptureTime at;
  CaptureTime up;
};

std::vector<Restart> find_restarts(const Phone& phone) {
  std::vector<Restart> found;
  auto attempt = attempts(phone).begin();
  for (const Action& action : phone.derived<find_power_changes>()) {
    if (action.event->verb != "restart") continue;
    attempt = std::find_if(attempt, attempts(phone).end(), [&](const RegisterAttempt& one) {
      return one.start > action.at && !one.unregister;
    });
    if (attempt == attempts(phone).end()) break;
    found.push_back({action.at, attempt->start});
  }
  return found;
}

using ActionTimes = std::map<std::string_view, std::vector<CaptureTime>>;

ActionTimes find_action_times(const Phone& phone) {
  ActionTimes times;
  for (const Action& action : actions(phone)) times[action.event->verb].push_back(action.at);
  return times;
}

}  // namespace

std::vector<Action> find_actions(const Phone& phone) {
  return phone.journal.actions_of(phone.device);
}

std::optional<CaptureTime> next_action(const Phone& phone, std::string_view verb,
                                       CaptureTime from) {
  const ActionTimes& times = phone.derived<find_action_times>();
  const auto of_verb = times.find(verb);
  if (of_verb == times.end()) return std::nullopt;
  const auto next = std::ranges::lower_bound(of_verb->second, from);
  return next == of_verb->second.end() ? std::nullopt : std::optional(*next);
}

CaptureTime next_power_change(const Phone& phone, CaptureTime from) {
  const std::vector<Restart>& restarts = phone.derived<find_restarts>();
  const auto under_way = std::ranges::upper_bound(restarts, from, {}, &Restart::up);
  if (under_way != restarts.end() && under_way->at <= from) return under_way->up;
  const std::vector<Action>& changes = phone.derived<find_power_changes>();
  const auto next = std::ranges::upper_bound(changes, from, {}, &Action::at);
  if (next != changes.end()) return next->at;
  if (!phone.trace.has_journal()) {
    const auto down = std::ranges::upper_bound(own_switch_offs(phone), from);
    if (down != own_switch_offs(phone).end()) return *down;
  }
  return phone.trace.last;
}

bool is_switched_off(const Phone& phone, CaptureTime at) {
  const std::vector<Action>& changes = phone.derived<find_power_changes>();
  const auto next = std::ranges::upper_bound(changes, at, {}, &Action::at);
  return next != changes.begin() && std::prev(next)->event->verb == "shutdown";
}

const trace::UndeliveredAction* undelivered_action(const Phone& phone) {
  for (const trace::UndeliveredAction& undelivered : phone.trace.undelivered_actions)
    if (phone.is_about(undelivered.action.device) &&
        !(undelivered.action.verb == "boot" && undelivered.what.empty()))
      return &undelivered;
  return nullptr;
}

bool is_seen_from_its_boot(const Phone& phone) {
  return phone.trace.has_journal() &&
         std::ranges::none_of(phone.trace.undelivered_actions,
                              [&](const trace::UndeliveredAction& undelivered) {
                                return undelivered.action.verb == "boot" &&
                                       phone.is_about(undelivered.action.device);
                              });
}

}  // namespace sipharness::observed
