#include "harness/observed/connections.hpp"

#include <algorithm>

#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {
namespace {

using capture::StreamEvent;

/// policy: a driver's word on a dial may be stamped a little after the SYN that it caused.
constexpr Duration stamp_slack = 50ms;

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

/// The attempt that a later mark of the same two ends belongs to.
ConnectionAttempt* attempt_of(std::vector<ConnectionAttempt>& attempts, const StreamMark& mark) {
  for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt)
    if (attempt->server == mark.server &&
        (attempt->local == mark.source || attempt->local == mark.destination))
      return &*attempt;
  return nullptr;
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
  if (call.dialled) return *call.dialled - stamp_slack;
  return call.legs.front().i0 - failover_limit(phone) - phone.profile.timers.t1;
}

}  // namespace

std::vector<ConnectionAttempt> find_connection_attempts(const Phone& phone) {
  std::vector<ConnectionAttempt> attempts;
  for (const StreamMark& mark : phone.stream_marks) {
    const bool opens = mark.event == StreamEvent::syn && goes_to_server(phone, mark);
    if (opens && is_of_device(phone, mark.source))
      attempts.push_back({.server = mark.server,
                          .local = mark.source,
                          .syn = mark.at,
                          .frame = mark.frame,
                          .last_frame = mark.frame});
    else if (ConnectionAttempt* attempt = attempt_of(attempts, mark))
      take(*attempt, mark);
  }
  return attempts;
}

std::optional<ConnectionAttempt> failed_connection(const Phone& phone, const CallGroup& call) {
  if (call.leg(ServerRole::primary) != nullptr || (call.legs.empty() && !call.dialled))
    return std::nullopt;
  const CaptureTime from = earliest_syn(phone, call);
  const CaptureTime until = call.legs.empty() ? call.until : reached_at(phone, call.legs.front());
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    if (attempt.server == ServerRole::primary && attempt.syn >= from && attempt.syn <= until &&
        !attempt.opened)
      return attempt;
  return std::nullopt;
}

bool is_cut_off(const Phone& phone, ServerRole server, CaptureTime at) {
  const Duration patience = phone.profile.timers.sixty_four_t1() / 2;
  std::optional<CaptureTime> failed;
  for (const ConnectionAttempt& attempt : connection_attempts(phone)) {
    if (attempt.server != server || attempt.syn > at) continue;
    failed = attempt.has_failed(at, patience) ? std::optional(attempt.syn) : std::nullopt;
  }
  return failed && std::ranges::none_of(phone.messages, [&](const Message& message) {
           return message.to_device() && message.server == server && message.at > *failed &&
                  message.at <= at;
         });
}

Evidence evidence_of(const ConnectionAttempt& attempt) {
  return {.server = attempt.server,
          .call_id = {},
          .messages = {},
          .frames = {attempt.frame, attempt.last_frame}};
}

}  // namespace sipharness::observed
