#include "harness/observed/message_waiting.hpp"

#include <algorithm>
#include <vector>

#include "harness/observed/outages.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/subscriptions.hpp"

namespace sipharness::observed {
namespace {

/// The server answers, as far as the device and the journal know.
bool is_up(const Phone& phone, ServerRole server, CaptureTime at) {
  const bool is_registered = !phone.profile.registers || registered(phone, server, at);
  return is_registered && !is_lost(phone, server, at);
}

/// What went to the primary, by time.
std::vector<const Transaction*> find_asked_of_primary(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Subscription& one : subscriptions(phone))
    for (const Transaction* subscribe : one.asked)
      if (one.is_message_waiting() && subscribe->server == ServerRole::primary)
        found.push_back(subscribe);
  std::ranges::stable_sort(found, {},
                           [&](const Transaction* one) { return opening(phone, *one).at; });
  return found;
}

/// The primary left the device's newest SUBSCRIBE for message waiting without an answer, or refused
/// it: then the secondary may be asked although the primary is up.
bool has_primary_refused(const Phone& phone, CaptureTime at) {
  const Transaction* newest = newest_before(phone, phone.derived<find_asked_of_primary>(), at);
  if (newest == nullptr) return false;
  if (!newest->final || phone.at(*newest->final) > at)
    return at >= opening(phone, *newest).at + phone.profile.request_timeout();
  const int status = phone.message(*newest->final).sip.status();
  return status >= 300 && status != 401 && status != 407 && status != 423 && status != 481;
}

void note(const Phone& phone, const Transaction& subscribe, MessageWaiting& last) {
  const CaptureTime at = opening(phone, subscribe).at;
  if (ends(phone, subscribe) || subscribe.server == ServerRole::none) return;
  const bool is_at_primary = subscribe.server == ServerRole::primary;
  const bool is_primary_up = is_up(phone, ServerRole::primary, at);
  if (!is_at_primary && (!is_primary_up || has_primary_refused(phone, at)))
    last.instead = &subscribe;
  else if (is_primary_up && is_up(phone, ServerRole::secondary, at))
    (is_at_primary ? last.at_primary : last.at_secondary) = &subscribe;
  else if (is_at_primary && !known_down(phone, ServerRole::primary, at))
    last.at_primary = &subscribe;
}

}  // namespace

MessageWaiting find_message_waiting(const Phone& phone) {
  MessageWaiting last;
  for (const Subscription& one : subscriptions(phone))
    if (one.is_message_waiting())
      for (const Transaction* subscribe : one.asked) note(phone, *subscribe, last);
  return last;
}

}  // namespace sipharness::observed
