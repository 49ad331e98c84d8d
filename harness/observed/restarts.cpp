#include "harness/observed/restarts.hpp"

#include <algorithm>
#include <unordered_set>

#include "harness/observed/actions.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_transactions.hpp"

namespace sipharness::observed {
namespace {

/// policy: a registration repeated before this part of its expiry is over is no refresh.
constexpr int share_of_an_early_refresh = 3;

const sip::MessageView& request_of(const Phone& phone, const RegisterAttempt& attempt) {
  return opening(phone, transactions(phone)[attempt.transactions.front()]).sip;
}

/// Begun anew by `next`, long before a refresh was due.
bool is_begun_anew(const Phone& phone, const Refresh& refresh) {
  const sip::MessageView& before = request_of(phone, *refresh.previous);
  const sip::MessageView& next = request_of(phone, *refresh.next);
  const bool is_other = before.call_id() != next.call_id() &&
                        before.from_tag() != next.from_tag() &&
                        refresh.previous->contact == refresh.next->contact;
  return is_other &&
         refresh.next->start - *refresh.previous->ok < refresh.granted / share_of_an_early_refresh;
}

std::vector<const RegisterAttempt*> begun_anew_at(const Phone& phone, ServerRole server) {
  std::vector<const RegisterAttempt*> found;
  for (const Refresh& refresh : refreshes_at(phone, server))
    if (is_begun_anew(phone, refresh)) found.push_back(refresh.next);
  return found;
}

std::unordered_set<const RegisterAttempt*> find_begun_by_restarts(const Phone& phone) {
  std::unordered_set<const RegisterAttempt*> found;
  for (const OwnRestart& restart : own_restarts(phone))
    found.insert(restart.anew.begin(), restart.anew.end());
  return found;
}

/// Another registration, at the other server, began anew at about the same time.
bool is_one_of_several_begun(const Phone& phone, CaptureTime at) {
  const auto& beginnings = registration_beginnings(phone);
  const auto first = std::ranges::lower_bound(beginnings, at - policy::side_by_side);
  const auto last = std::ranges::upper_bound(beginnings, at + policy::side_by_side);
  return last - first > 1;
}

}  // namespace

std::vector<OwnRestart> find_own_restarts(const Phone& phone) {
  const auto at_secondary = begun_anew_at(phone, ServerRole::secondary);
  const auto start = [](const RegisterAttempt* attempt) { return attempt->start; };
  std::vector<OwnRestart> found;
  for (const RegisterAttempt* one : begun_anew_at(phone, ServerRole::primary)) {
    const auto other =
        std::ranges::lower_bound(at_secondary, one->start - policy::side_by_side, {}, start);
    if (other != at_secondary.end() && (*other)->start <= one->start + policy::side_by_side)
      found.push_back({{one, *other}});
  }
  return found;
}

bool is_begun_by_restart(const Phone& phone, const RegisterAttempt& attempt) {
  return phone.derived<find_begun_by_restarts>().contains(&attempt);
}

bool may_have_restarted(const Phone& phone, const Transaction& registered,
                        const Transaction& next) {
  const Message& before = opening(phone, registered);
  const Message& now = opening(phone, next);
  if (phone.trace.has_journal()) return false;
  if (now.sip.call_id() == before.sip.call_id()) return now.sip.cseq() < before.sip.cseq();
  if (now.sip.from_tag() == before.sip.from_tag()) return false;
  if (!is_accepted(phone, registered)) return is_one_of_several_begun(phone, now.at);
  return now.at - phone.at(*registered.final) >= policy::least_wait;
}

Evidence evidence_of(const Phone& phone, const OwnRestart& restart) {
  Evidence evidence = evidence_of(phone, *restart.anew[0]);
  evidence.server = ServerRole::none;
  evidence.messages.push_back(evidence_of(phone, *restart.anew[1]).messages.front());
  return evidence;
}

}  // namespace sipharness::observed
