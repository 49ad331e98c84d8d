#include "harness/check/evidence.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

namespace sipharness::check {
namespace {

using trace::ServerRole;

void keep_earlier(std::optional<CaptureTime>& earliest, CaptureTime candidate) {
  if (!earliest || candidate < *earliest) earliest = candidate;
}

/// The server an entry says something bad about; empty if it does not.
std::string_view faulty_server(const journal::Event& event) {
  if (const auto* withheld = std::get_if<journal::Withheld>(&event)) return withheld->server;
  if (const auto* delayed = std::get_if<journal::Delayed>(&event)) return delayed->server;
  if (const auto* forgotten = std::get_if<journal::BindingsForgotten>(&event))
    return forgotten->server;
  return {};
}

/// The first request of the device that the server never answered.
std::optional<CaptureTime> first_silence(const Context& context, ServerRole server) {
  for (const trace::Transaction& transaction : context.transactions)
    if (transaction.server == server && !transaction.first_response &&
        transaction.direction == trace::Direction::from_device)
      return context.at(transaction.sends.front());
  return std::nullopt;
}

bool is_power_change(const journal::Entry& entry) {
  const auto* action = std::get_if<journal::Action>(&entry.event);
  return action != nullptr &&
         (action->verb == "boot" || action->verb == "restart" || action->verb == "shutdown");
}

/// A 401 or 407 to a REGISTER without credentials asks for them and refuses nothing.
bool is_refused(const Context& context, const trace::RegisterAttempt& attempt) {
  if (attempt.status != 401 && attempt.status != 407) return attempt.status >= 300;
  const trace::Transaction& last = context.transactions[attempt.transactions.back()];
  const sip::MessageView& request = context.message(last.sends.front()).sip;
  return request.has(sip::HeaderId::authorization) ||
         request.has(sip::HeaderId::proxy_authorization);
}

/// What a capture without a journal shows of a server that is not there.
void keep_unjournalled_faults(const Context& context, ServerRole server,
                              std::optional<CaptureTime>& earliest) {
  if (const auto silence = first_silence(context, server)) keep_earlier(earliest, *silence);
  for (const trace::TransportFailure& failure : context.trace.transport_failures)
    if (failure.server == server) keep_earlier(earliest, failure.at);
}

}  // namespace

ServerRole other(ServerRole server) {
  return server == ServerRole::primary ? ServerRole::secondary : ServerRole::primary;
}

bool has_both_servers(const Context& context) {
  return context.trace.servers.size() >= 2;
}

std::optional<CaptureTime> first_fault(const Context& context, ServerRole server) {
  std::optional<CaptureTime> earliest;
  for (const trace::Outage& outage : context.outages)
    if (outage.server == server) keep_earlier(earliest, outage.from);
  for (const trace::Message& message : context.trace.messages)
    if (message.server == server && message.ignored) keep_earlier(earliest, message.at);
  for (const journal::Entry& entry : context.trace.journal)
    if (faulty_server(entry.event) == to_string(server))
      keep_earlier(earliest, context.trace.time_of(entry));
  for (const trace::RegisterAttempt& attempt : context.attempts)
    if (attempt.server == server && is_refused(context, attempt))
      keep_earlier(earliest, *attempt.end);
  if (!context.trace.has_journal()) keep_unjournalled_faults(context, server, earliest);
  return earliest;
}

CaptureTime next_power_change(const Context& context, CaptureTime from) {
  for (const journal::Entry& entry : context.trace.journal)
    if (is_power_change(entry) && context.trace.time_of(entry) > from)
      return context.trace.time_of(entry);
  if (!context.trace.has_journal())
    for (const trace::RegisterAttempt& attempt : context.attempts)
      if (attempt.unregister && attempt.start > from) return attempt.start;
  return context.trace.last;
}

bool is_switched_off(const Context& context, CaptureTime at) {
  bool is_off = false;
  for (const journal::Entry& entry : context.trace.journal)
    if (is_power_change(entry) && context.trace.time_of(entry) <= at)
      is_off = std::get<journal::Action>(entry.event).verb == "shutdown";
  return is_off;
}

std::optional<CaptureTime> next_action(const Context& context, std::string_view verb,
                                       CaptureTime from) {
  for (const journal::Entry& entry : context.trace.journal) {
    const auto* action = std::get_if<journal::Action>(&entry.event);
    if (action != nullptr && action->verb == verb && context.trace.time_of(entry) >= from)
      return context.trace.time_of(entry);
  }
  return std::nullopt;
}

std::optional<CaptureTime> transport_failure(const Context& context, ServerRole server,
                                             CaptureTime from, CaptureTime until) {
  for (const trace::TransportFailure& failure : context.trace.transport_failures)
    if (failure.server == server && failure.at >= from && failure.at <= until) return failure.at;
  return std::nullopt;
}

std::optional<std::size_t> first_response(const Context& context, const trace::Leg& leg) {
  if (leg.provisional && leg.final)
    return context.at(*leg.provisional) <= context.at(*leg.final) ? leg.provisional : leg.final;
  return leg.provisional ? leg.provisional : leg.final;
}

CaptureTime reached_at(const Context& context, const trace::Leg& leg) {
  return context.at(context.transactions[leg.invites.front()].sends.front());
}

Evidence evidence_of(const Context& context, const trace::Transaction& transaction) {
  const std::size_t first = transaction.sends.front();
  return {transaction.server, context.message(first).sip.call_id(), transaction.sends};
}

Evidence evidence_of(const Context& context, const trace::Leg& leg) {
  const std::size_t invite = context.transactions[leg.invites.back()].sends.front();
  return {leg.server, context.message(invite).sip.call_id(), {invite}};
}

Evidence evidence_of(const Context& context, const trace::RegisterAttempt& attempt) {
  const std::size_t first = context.transactions[attempt.transactions.front()].sends.front();
  return {attempt.server, context.message(first).sip.call_id(), {first}};
}

bool hung_up_before(const trace::CallGroup& call, CaptureTime at) {
  return call.hung_up && *call.hung_up <= at;
}

void RequestTally::ask(sip::Method method, std::string_view fine, const Question& question) {
  std::size_t asked = 0;
  bool all_fine = true;
  std::size_t first_index = 0;
  for (const trace::Message& message : context_.trace.messages) {
    const bool ours = message.from_device() && message.device == context_.device;
    if (!ours || !message.sip.is_request()) continue;
    if (method != sip::Method::unknown && message.sip.method() != method) continue;
    if (asked++ == 0) first_index = message.index;
    const std::optional<std::string> violation = question(message);
    if (!violation) continue;
    all_fine = false;
    judge_.violated({message.server, message.sip.call_id(), {message.index}}, *violation);
  }
  if (asked > 0 && all_fine)
    judge_.pass({trace::ServerRole::none, {}, {first_index}},
                fmt::format("{} in all {} requests", fine, asked));
}

}  // namespace sipharness::check
