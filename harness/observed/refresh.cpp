#include "harness/observed/refresh.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/grants.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/restarts.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {

namespace {

/// The first REGISTER of an attempt.
const Message& first_register(const Phone& phone, const RegisterAttempt& attempt) {
  return opening(phone, transactions(phone)[attempt.transactions.front()]);
}

/// @source RFC 3261 §10.2.1
bool has_moved(const Phone& phone, const RegisterAttempt& before, const RegisterAttempt& now) {
  const Endpoint& from = first_register(phone, before).source;
  const Message& message = first_register(phone, now);
  return !sip::same_uri(before.contact, now.contact) || message.source.address != from.address ||
         (message.transport != Transport::udp && message.source != from);
}

/// When legs of calls began that had been at the other server or are at the secondary; by time.
std::array<std::vector<CaptureTime>, 3> find_reached_by_moves(const Phone& phone) {
  std::array<std::vector<CaptureTime>, 3> found;
  for (const CallLeg& of : call_legs(phone))
    if (of.leg->server == ServerRole::secondary ||
        (of.leg->server == ServerRole::primary && of.call->leg(ServerRole::secondary) != nullptr))
      found[static_cast<std::size_t>(of.leg->server)].push_back(reached_at(phone, *of.leg));
  for (std::vector<CaptureTime>& moves : found) std::ranges::sort(moves);
  return found;
}

/// A call goes to the server right after it. @source grp26xx: P29095
bool precedes_move(const Phone& phone, const RegisterAttempt& attempt) {
  const auto& moves =
      phone.derived<find_reached_by_moves>()[static_cast<std::size_t>(attempt.server)];
  const auto next = std::ranges::lower_bound(moves, attempt.start);
  return next != moves.end() &&
         *next <= attempt.end.value_or(attempt.start) + policy::time_to_call_after_register;
}

bool may_have_restarted_between(const Phone& phone, const RegisterAttempt& before,
                                const RegisterAttempt& next) {
  return may_have_restarted(phone, transactions(phone)[before.transactions.back()],
                            transactions(phone)[next.transactions.front()]);
}

std::vector<Refresh> find_refreshes_at(const Phone& phone, ServerRole server) {
  std::vector<Refresh> found;
  const auto& attempts = attempts_at(phone, server);
  bool had_other_reason = false;
  for (std::size_t i = 0; i + 1 < attempts.size(); ++i) {
    const RegisterAttempt& previous = *attempts[i];
    const RegisterAttempt& next = *attempts[i + 1];
    const bool follows_other_reason = std::exchange(had_other_reason, false);
    if (!previous.ok || !previous.granted || previous.unregister || next.unregister) continue;
    if (!is_grant_known(previous)) continue;
    if (next_power_change(phone, *previous.ok) <= next.start) continue;
    had_other_reason = has_moved(phone, previous, next) || precedes_move(phone, next) ||
                       may_have_restarted_between(phone, previous, next);
    found.push_back(
        {.previous = &previous,
         .next = &next,
         .granted = *previous.granted,
         .has_other_reason = had_other_reason,
         .follows_other_reason = follows_other_reason,
         .precedes_restart =
             i + 2 < attempts.size() && may_have_restarted_between(phone, next, *attempts[i + 2])});
  }
  return found;
}

std::array<std::vector<Refresh>, 3> find_refreshes_by_server(const Phone& phone) {
  return {find_refreshes_at(phone, ServerRole::none), find_refreshes_at(phone, ServerRole::primary),
          find_refreshes_at(phone, ServerRole::secondary)};
}

/// The first REGISTER of each server that ended with 423: the message index of that.
std::array<std::optional<std::size_t>, 3> find_first_423s(const Phone& phone) {
  std::array<std::optional<std::size_t>, 3> found;
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.method != sip::Method::register_ || final_status(phone, transaction) != 423)
      continue;
    auto& first = found[static_cast<std::size_t>(transaction.server)];
    first = std::min(first.value_or(*transaction.final), *transaction.final);
  }
  return found;
}

/// It was accepted for a time that is known.
bool is_kept(const RegisterAttempt& attempt) {
  return attempt.ok && attempt.granted && is_grant_known(attempt) && !attempt.unregister;
}

/// A refresh that gets no connection is a refresh all the same.
bool has_tried_to_connect(const Phone& phone, ServerRole server, CaptureTime from,
                          CaptureTime until) {
  const auto& connections = connection_attempts(phone);
  auto next = std::ranges::upper_bound(connections, from, {}, &ConnectionAttempt::syn);
  while (next != connections.end() && next->syn < until && next->server != server) ++next;
  return next != connections.end() && next->syn < until;
}

/// An OPTIONS of the device, and when it was answered if it was.
struct KeepAlive {
  CaptureTime sent;
  std::optional<CaptureTime> answered;
};

std::array<std::vector<KeepAlive>, 3> find_keep_alives(const Phone& phone) {
  std::array<std::vector<KeepAlive>, 3> found;
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.method != sip::Method::options ||
        transaction.direction != Direction::from_device)
      continue;
    KeepAlive one{.sent = opening(phone, transaction).at, .answered = std::nullopt};
    if (transaction.first_response) one.answered = phone.at(*transaction.first_response);
    found[static_cast<std::size_t>(transaction.server)].push_back(one);
  }
  return found;
}

}  // namespace

const RegisterAttempt* first_attempt(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (!attempt->unregister) return attempt;
  return nullptr;
}

const RegisterAttempt* first_accepted(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (attempt->ok && !attempt->unregister) return attempt;
  return nullptr;
}

const RegisterAttempt* first_bound(const Phone& phone, ServerRole server) {
  for (const RegisterAttempt* attempt : attempts_at(phone, server))
    if (attempt->ok && attempt->granted) return attempt;
  return nullptr;
}

const std::vector<Refresh>& refreshes_at(const Phone& phone, ServerRole server) {
  return phone.derived<find_refreshes_by_server>()[static_cast<std::size_t>(server)];
}

std::vector<const Refresh*> find_refreshes(const Phone& phone) {
  std::vector<const Refresh*> found;
  for (const ServerRole server : both_servers)
    for (const Refresh& refresh : refreshes_at(phone, server)) found.push_back(&refresh);
  return found;
}

Evidence evidence_of(const Phone& phone, const Refresh& refresh) {
  return evidence_of(phone, *refresh.next);
}

bool follows_lost_options(const Phone& phone, const RegisterAttempt& attempt) {
  const auto& keep_alive = phone.profile.options_keepalive;
  const int reason_to_look = keep_alive ? keep_alive->max_lost : 1;
  const auto& sent = phone.derived<find_keep_alives>()[static_cast<std::size_t>(attempt.server)];
  auto next = std::ranges::lower_bound(sent, attempt.start, {}, &KeepAlive::sent);
  for (int lost = 0; lost < reason_to_look; ++lost) {
    if (next == sent.begin()) return false;
    --next;
    if (next->answered && *next->answered < attempt.start) return false;
  }
  return true;
}

bool is_refreshed(const Phone& phone, const RegisterAttempt& granted) {
  const auto& attempts = attempts_at(phone, granted.server);
  const auto next = std::ranges::upper_bound(attempts, *granted.ok, {}, &RegisterAttempt::start);
  return next != attempts.end() && (*next)->start < *granted.ok + *granted.granted;
}

bool is_left_to_lapse(const Phone& phone, const RegisterAttempt& granted) {
  const CaptureTime ok = *granted.ok;
  const CaptureTime lapse = ok + *granted.granted;
  if (phone.trace.has_journal() || next_power_change(phone, ok) <= lapse) return false;
  return !is_refreshed(phone, granted) && !has_tried_to_connect(phone, granted.server, ok, lapse);
}

bool was_due_for_refresh(const Phone& phone, const RegisterAttempt& attempt) {
  if (!is_kept(attempt)) return false;
  const CaptureTime ok = *attempt.ok;
  const CaptureTime healthy_until =
      next_fault(phone, attempt.server, ok).value_or(phone.trace.last);
  return std::min(healthy_until, next_power_change(phone, ok)) >= ok + *attempt.granted ||
         is_left_to_lapse(phone, attempt);
}

bool has_lapsed_unnoticed(const Phone& phone, const RegisterAttempt& last) {
  if (!is_kept(last)) return false;
  const CaptureTime ok = *last.ok;
  const CaptureTime latest = ok + latest_refresh(phone, *last.granted);
  const CaptureTime due = latest + phone.profile.timers.sixty_four_t1();
  return !has_tried_to_connect(phone, last.server, ok, due) && due < next_power_change(phone, ok) &&
         is_out(phone, last.server, latest);
}

bool was_told_min_expires(const Phone& phone, const RegisterAttempt& attempt) {
  const auto& told = phone.derived<find_first_423s>()[static_cast<std::size_t>(attempt.server)];
  return told && *told < opening(phone, transactions(phone)[attempt.transactions.back()]).index;
}

bool may_have_been_told_min_expires(const Phone& phone, const RegisterAttempt& attempt) {
  const auto& setting = phone.profile.register_expiration;
  if (phone.trace.has_journal() || !setting || attempt.requested <= *setting) return false;
  const RegisterAttempt& first = *attempts_at(phone, attempt.server).front();
  return opening(phone, transactions(phone)[first.transactions.front()]).sip.cseq() > 1;
}

std::span<const RegisterAttempt* const> busiest_minute(const Phone& phone, ServerRole server) {
  const std::span<const RegisterAttempt* const> attempts = attempts_at(phone, server);
  std::span<const RegisterAttempt* const> busiest;
  for (std::size_t first = 0, last = 0; last < attempts.size(); ++last) {
    while (attempts[last]->start - attempts[first]->start > 60s) ++first;
    const auto minute = attempts.subspan(first, last - first + 1);
    if (minute.size() > busiest.size()) busiest = minute;
  }
  return busiest;
}

Duration latest_refresh(const Phone& phone, Duration granted) {
  const Duration before = phone.profile.reregister_margin();
  return before < granted ? granted - before : granted;
}

verdict::Window refresh_window(const Phone& phone, Duration granted) {
  const Duration tolerance = registration_tolerance(phone, granted).value;
  const Duration before = phone.profile.reregister_margin();
  if (before == Duration::zero()) return {.min = granted / 2, .max = granted + tolerance};
  if (before >= granted)
    return {.min = std::min<Duration>(5s, granted / 2), .max = granted, .max_open = true};
  return {.min = granted - before - tolerance, .max = granted - before + tolerance};
}

Duration longest_expiry(const Phone& phone) {
  constexpr Duration usual = 3600s;  // of a REGISTER that asks for none (RFC 3261 §10.2.1.1)
  Duration longest{};
  for (const RegisterAttempt& attempt : attempts(phone))
    longest = std::max(longest, attempt.granted.value_or(attempt.requested.value_or(usual)));
  return longest;
}

}  // namespace sipharness::observed
