#include "harness/observed/connections.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"

namespace sipharness::observed {
namespace {

using capture::StreamEvent;

bool goes_to_server(const Phone& phone, const StreamMark& mark) {
  return std::ranges::any_of(phone.trace.servers, [&](const trace::Server& server) {
    return server.endpoint == mark.destination;
  });
}

bool is_of_device(const Phone& phone, const Endpoint& local) {
  if (phone.trace.devices.size() < 2) return true;
  return std::ranges::any_of(phone.trace.devices[phone.device].addresses,
                             [&](const Endpoint& own) { return own.address == local.address; });
}

/// The newest attempt between a local endpoint and a server, by its position.
using NewestAttempts = std::map<std::pair<ServerRole, Endpoint>, std::size_t>;

/// The attempt that a later mark of the same two ends belongs to.
ConnectionAttempt* attempt_of(std::vector<ConnectionAttempt>& attempts,
                              const NewestAttempts& newest, const StreamMark& mark) {
  std::optional<std::size_t> position;
  for (const Endpoint& end : {mark.source, mark.destination}) {
    const auto attempt = newest.find({mark.server, end});
    if (attempt != newest.end()) position = std::max(position, std::optional(attempt->second));
  }
  return position ? &attempts[*position] : nullptr;
}

void take(ConnectionAttempt& attempt, const StreamMark& mark) {
  if (attempt.opened || attempt.refused) return;
  attempt.last_frame = mark.frame;
  if (mark.event == StreamEvent::syn_copy) ++attempt.copies;
  if (mark.event == StreamEvent::established) attempt.opened = mark.at;
  if (mark.event == StreamEvent::reset && mark.destination == attempt.local)
    attempt.refused = mark.at;
}

/// When the device could begin to connect for this call. Without a journal nobody knows when the
/// user dialled: no longer before the secondary's INVITE than a connection may take.
CaptureTime earliest_syn(const Phone& phone, const CallGroup& call) {
  if (call.dialled) return *call.dialled - policy::stamp_slack;
  return call.legs.front().i0 - failover_limit(phone) - phone.profile.timers.t1;
}

using Attempts = std::vector<const ConnectionAttempt*>;

/// Those at the primary that hung, and those that were refused, in the order of their SYNs.
std::array<Attempts, 2> find_unopened_at_primary(const Phone& phone) {
  std::array<Attempts, 2> found;
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    if (attempt.server == ServerRole::primary && !attempt.opened)
      found[attempt.refused ? 1 : 0].push_back(&attempt);
  return found;
}

/// The first of `attempts` that may be of this call; null if there is none.
const ConnectionAttempt* first_for(const Phone& phone, const CallGroup& call,
                                   const Attempts& attempts, CaptureTime until) {
  const auto first =
      std::ranges::lower_bound(attempts, earliest_syn(phone, call), {}, &ConnectionAttempt::syn);
  return first == attempts.end() || (*first)->syn > until ? nullptr : *first;
}

/// The same of refused ones, without a journal: a refusal moves a call at once. One long before may
/// be a REGISTER's, unless others followed it sooner than those come.
const ConnectionAttempt* first_refused_for(const Phone& phone, const CallGroup& call,
                                           const Attempts& refused, CaptureTime until) {
  const Duration grace = phone.profile.tolerances.fo_grace + phone.profile.timers.t1;
  const auto end = std::ranges::upper_bound(refused, until, {}, &ConnectionAttempt::syn);
  if (end == refused.begin() || (*std::prev(end))->syn < until - grace) return nullptr;
  const CaptureTime earliest = earliest_syn(phone, call);
  auto first = std::prev(end);
  while (first != refused.begin() && (*std::prev(first))->syn >= earliest &&
         (*first)->syn - (*std::prev(first))->syn < policy::least_wait)
    --first;
  return *first;
}

/// By server, in the order of their SYNs.
std::array<std::vector<const ConnectionAttempt*>, 3> find_attempts_by_server(const Phone& phone) {
  std::array<std::vector<const ConnectionAttempt*>, 3> found;
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    found[static_cast<std::size_t>(attempt.server)].push_back(&attempt);
  return found;
}

/// By server: when it sent something to the phone.
std::array<std::vector<CaptureTime>, 3> find_times_heard(const Phone& phone) {
  std::array<std::vector<CaptureTime>, 3> found;
  for (const Message& message : phone.messages)
    if (message.to_device()) found[static_cast<std::size_t>(message.server)].push_back(message.at);
  return found;
}

}  // namespace

std::vector<ConnectionAttempt> find_connection_attempts(const Phone& phone) {
  std::vector<ConnectionAttempt> attempts;
  NewestAttempts newest;
  for (const StreamMark& mark : phone.stream_marks) {
    const bool opens = mark.event == StreamEvent::syn && goes_to_server(phone, mark);
    if (opens && is_of_device(phone, mark.source)) {
      newest[{mark.server, mark.source}] = attempts.size();
      attempts.push_back({.server = mark.server,
                          .local = mark.source,
                          .syn = mark.at,
                          .frame = mark.frame,
                          .last_frame = mark.frame});
    } else if (ConnectionAttempt* attempt = attempt_of(attempts, newest, mark)) {
      take(*attempt, mark);
    }
  }
  return attempts;
}

const ConnectionAttempt* failed_connection(const Phone& phone, const CallGroup& call) {
  if (call.leg(ServerRole::primary) != nullptr || (call.legs.empty() && !call.dialled))
    return nullptr;
  const CaptureTime until = call.legs.empty() ? call.until : reached_at(phone, call.legs.front());
  const auto& [hung, all_refused] = phone.derived<find_unopened_at_primary>();
  const ConnectionAttempt* hanging = first_for(phone, call, hung, until);
  const ConnectionAttempt* refused = call.dialled
                                         ? first_for(phone, call, all_refused, until)
                                         : first_refused_for(phone, call, all_refused, until);
  if (hanging == nullptr || refused == nullptr) return hanging != nullptr ? hanging : refused;
  return hanging->syn < refused->syn ? hanging : refused;
}

std::vector<FailedConnection> find_failed_connections(const Phone& phone) {
  std::vector<FailedConnection> found;
  for (const CallGroup& call : calls(phone))
    if (const ConnectionAttempt* attempt = failed_connection(phone, call))
      found.push_back({&call, attempt});
  return found;
}

bool is_cut_off(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto& attempts = phone.derived<find_attempts_by_server>()[static_cast<std::size_t>(server)];
  const auto next = std::ranges::upper_bound(attempts, at, {}, &ConnectionAttempt::syn);
  if (next == attempts.begin()) return false;
  const ConnectionAttempt& last = **std::prev(next);
  if (!last.has_failed(at, phone.profile.timers.sixty_four_t1() / 2)) return false;
  const auto& heard = phone.derived<find_times_heard>()[static_cast<std::size_t>(server)];
  const auto since = std::ranges::upper_bound(heard, last.syn);
  return since == heard.end() || *since > at;
}

Evidence evidence_of(const Phone& /*phone*/, const FailedConnection& failed) {
  return evidence_of(*failed.attempt);
}

Evidence evidence_of(const ConnectionAttempt& attempt) {
  return {.server = attempt.server,
          .call_id = {},
          .messages = {},
          .frames = {attempt.frame, attempt.last_frame}};
}

}  // namespace sipharness::observed
