#include "harness/observed/glare.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/observed/actions.hpp"
#include "harness/observed/incoming.hpp"

namespace sipharness::observed {
namespace {

/// The re-INVITEs of each dialog, by time.
std::unordered_map<const Dialog*, std::vector<const Modification*>> find_reinvites(
    const Phone& phone) {
  std::unordered_map<const Dialog*, std::vector<const Modification*>> found;
  for (const Modification& modification : modifications(phone))
    if (modification.request->method == sip::Method::invite)
      found[modification.dialog].push_back(&modification);
  return found;
}

/// The INVITEs and UPDATEs of servers that were accepted, by Call-ID and time.
std::unordered_map<std::string_view, std::vector<const Message*>> find_changes_of_servers(
    const Phone& phone) {
  std::unordered_map<std::string_view, std::vector<const Message*>> found;
  for (const Transaction* change : server_transactions(phone)) {
    const bool may_change =
        change->method == sip::Method::invite || change->method == sip::Method::update;
    if (may_change && is_accepted(phone, *change))
      found[opening(phone, *change).sip.call_id()].push_back(&opening(phone, *change));
  }
  return found;
}

/// The far end's own change went through meanwhile: the device may have nothing left to change.
bool was_changed_by_far_end(const Phone& phone, const Modification& refused, CaptureTime until) {
  const auto& changes = phone.derived<find_changes_of_servers>();
  const auto of_call = changes.find(refused.dialog->call_id);
  if (of_call == changes.end()) return false;
  const auto from =
      std::ranges::lower_bound(of_call->second, sent_at(phone, refused), {}, &Message::at);
  const auto end = std::ranges::upper_bound(from, of_call->second.end(), until, {}, &Message::at);
  return std::any_of(from, end,
                     [&](const Message* change) { return is_in(change->sip, *refused.dialog); });
}

}  // namespace

bool ended_before(const Dialog& dialog, CaptureTime at) {
  return dialog.ended && *dialog.ended < at;
}

CaptureTime sent_at(const Phone& phone, const Modification& modification) {
  return opening(phone, *modification.request).at;
}

const Modification* next_try(const Phone& phone, const Modification& refused) {
  const auto& tries = phone.derived<find_reinvites>().at(refused.dialog);
  const auto next =
      std::ranges::upper_bound(tries, phone.at(*refused.request->final), {},
                               [&](const Modification* one) { return sent_at(phone, *one); });
  return next == tries.end() ? nullptr : *next;
}

bool became_pointless(const Phone& phone, const Modification& refused, CaptureTime until,
                      CaptureTime latest) {
  const CaptureTime at = phone.at(*refused.request->final);
  if (ended_before(*refused.dialog, until) || next_power_change(phone, at) < until) return true;
  for (const std::string_view verb : {"hold", "resume", "hang_up"})
    if (const auto action = next_action(phone, verb, at); action && *action <= until) return true;
  return until == latest && was_changed_by_far_end(phone, refused, until);
}

}  // namespace sipharness::observed
