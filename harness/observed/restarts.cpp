#include "harness/observed/restarts.hpp"

#include <algorithm>
#include <unordered_set>

#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/server_faults.hpp"

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

/// By server, when a REGISTER came with another Call-ID than the one before it there.
std::array<std::vector<CaptureTime>, 3> find_changes_of_call_id(const Phone& phone) {
  std::array<std::vector<CaptureTime>, 3> found;
  for (const RegistersAtServer& at : registers_by_registration(phone))
    for (std::size_t i = 1; i < at.registers.size(); ++i) {
      const Message& next = opening(phone, *at.registers[i]);
      if (!have_same_call_id(phone, next, opening(phone, *at.registers[i - 1])))
        found[static_cast<std::size_t>(at.server)].push_back(next.at);
    }
  for (std::vector<CaptureTime>& changes : found) std::ranges::sort(changes);
  return found;
}

/// The registration at the other server begins anew at about the same time.
bool begins_anew_at_both(const Phone& phone, const Message& next) {
  if (next.server == ServerRole::none) return false;
  const auto& changes =
      phone.derived<find_changes_of_call_id>()[static_cast<std::size_t>(other(next.server))];
  const auto change = std::ranges::lower_bound(changes, next.at - policy::side_by_side);
  return change != changes.end() && *change <= next.at + policy::side_by_side;
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
  if (have_same_call_id(phone, now, before)) return now.sip.cseq() < before.sip.cseq();
  if (now.sip.from_tag() == before.sip.from_tag()) return false;
  if (begins_anew_at_both(phone, now)) return true;
  if (!registered.final && attempts_at(phone, other(now.server)).empty())
    return now.at - before.at >= phone.profile.timers.sixty_four_t1() + policy::least_wait;
  return is_accepted(phone, registered) &&
         now.at - phone.at(*registered.final) >= policy::least_wait;
}

Evidence evidence_of(const Phone& phone, const OwnRestart& restart) {
  Evidence evidence = evidence_of(phone, *restart.anew[0]);
  evidence.server = ServerRole::none;
  evidence.messages.push_back(evidence_of(phone, *restart.anew[1]).messages.front());
  return evidence;
}

std::size_t restarts_presumed(const Phone& phone, const RegistersAtServer& at) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < at.registers.size(); ++i)
    count += may_have_restarted(phone, *at.registers[i - 1], *at.registers[i]) ? 1 : 0;
  return count < policy::enough_for_a_habit ? count : 0;
}

}  // namespace sipharness::observed
