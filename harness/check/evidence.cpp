#include "harness/check/evidence.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

#include <fmt/format.h>

#include "harness/sip/text.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

/// policy: by so much a driver's word on a dial may be stamped after its INVITE.
constexpr Duration dial_slack = 100ms;

/// Keeps the earliest of what is offered, of those not before `from`.
class Earliest {
 public:
  explicit Earliest(CaptureTime from) : from_(from) {}
  void offer(CaptureTime candidate) {
    if (candidate >= from_ && (!at_ || candidate < *at_)) at_ = candidate;
  }
  void offer_span(CaptureTime begin, CaptureTime end) {
    if (end > from_) offer(std::max(begin, from_));
  }
  std::optional<CaptureTime> at() const { return at_; }

 private:
  CaptureTime from_;
  std::optional<CaptureTime> at_;
};

/// The server an entry says something bad about; empty if it does not.
std::string_view faulty_server(const journal::Event& event) {
  if (const auto* withheld = std::get_if<journal::Withheld>(&event)) return withheld->server;
  if (const auto* delayed = std::get_if<journal::Delayed>(&event)) return delayed->server;
  if (const auto* forgotten = std::get_if<journal::BindingsForgotten>(&event))
    return forgotten->server;
  return {};
}

bool is_power_change(const Order& order) {
  const std::string& verb = order.action->verb;
  return verb == "boot" || verb == "restart" || verb == "shutdown";
}

/// Told to restart, a device may take its registrations back first: it is up again with the first
/// REGISTER that asks for something.
std::optional<CaptureTime> first_word_after(const Context& context, const Order& order) {
  if (order.action->verb != "restart") return std::nullopt;
  for (const trace::RegisterAttempt& attempt : context.attempts)
    if (attempt.start > order.at && !attempt.unregister) return attempt.start;
  return std::nullopt;
}

/// A 401 or 407 to a REGISTER without credentials asks for them and refuses nothing.
bool is_refused(const Context& context, const trace::RegisterAttempt& attempt) {
  if (attempt.status != 401 && attempt.status != 407) return attempt.status >= 300;
  const trace::Transaction& last = context.transactions[attempt.transactions.back()];
  const sip::MessageView& request = context.message(last.sends.front()).sip;
  return request.has(sip::HeaderId::authorization) ||
         request.has(sip::HeaderId::proxy_authorization);
}

/// OPTIONS are how a device may watch a server; losing them is no trouble for what it does there,
/// and a server that is gone is seen by what else it leaves unanswered.
bool is_keep_alive(const trace::Message& message) {
  return message.sip.is_request() && message.sip.method() == sip::Method::options;
}

/// What a capture without a journal shows of a server that is not there.
void offer_unjournalled_faults(const Context& context, ServerRole server, Earliest& earliest) {
  for (const trace::Transaction& transaction : context.transactions)
    if (transaction.server == server && !transaction.first_response &&
        transaction.direction == trace::Direction::from_device &&
        transaction.method != sip::Method::options)
      earliest.offer(context.at(transaction.sends.front()));
  for (const trace::TransportFailure& failure : context.trace.transport_failures)
    if (failure.server == server && was_told(context, failure)) earliest.offer(failure.at);
}

}  // namespace

ServerRole other(ServerRole server) {
  return server == ServerRole::primary ? ServerRole::secondary : ServerRole::primary;
}

bool has_both_servers(const Context& context) {
  return context.trace.servers.size() >= 2;
}

std::optional<CaptureTime> first_fault(const Context& context, ServerRole server) {
  return next_fault(context, server, CaptureTime::min());
}

std::optional<CaptureTime> next_fault(const Context& context, ServerRole server, CaptureTime from) {
  Earliest earliest(from);
  for (const trace::Outage& outage : context.outages)
    if (outage.server == server) earliest.offer_span(outage.from, outage.until);
  for (const trace::Message& message : context.trace.messages)
    if (message.server == server && message.ignored && !is_keep_alive(message))
      earliest.offer(message.at);
  for (const journal::Entry& entry : context.trace.journal)
    if (faulty_server(entry.event) == to_string(server))
      earliest.offer(context.trace.time_of(entry));
  for (const trace::RegisterAttempt& attempt : context.attempts)
    if (attempt.server == server && is_refused(context, attempt)) earliest.offer(*attempt.end);
  if (!context.trace.has_journal()) offer_unjournalled_faults(context, server, earliest);
  return earliest.at();
}

std::optional<std::chrono::seconds> retry_after(const sip::MessageView& response) {
  // "120 (maintenance);duration=60": only the leading number says how long to stay away.
  const std::string_view value = response.header(sip::HeaderId::retry_after);
  const auto seconds =
      sip::parse_unsigned<std::uint32_t>(value.substr(0, value.find_first_not_of("0123456789")));
  return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

CaptureTime next_power_change(const Context& context, CaptureTime from) {
  for (const Order& order : context.orders) {
    if (!is_power_change(order)) continue;
    if (order.at > from) return order.at;
    const auto up = first_word_after(context, order);
    if (up && *up > from) return *up;
  }
  if (!context.trace.has_journal())
    for (const trace::RegisterAttempt& attempt : context.attempts)
      if (attempt.unregister && attempt.start > from) return attempt.start;
  return context.trace.last;
}

bool is_switched_off(const Context& context, CaptureTime at) {
  bool is_off = false;
  for (const Order& order : context.orders)
    if (is_power_change(order) && order.at <= at) is_off = order.action->verb == "shutdown";
  return is_off;
}

std::optional<CaptureTime> next_action(const Context& context, std::string_view verb,
                                       CaptureTime from) {
  for (const Order& order : context.orders)
    if (order.action->verb == verb && order.at >= from) return order.at;
  return std::nullopt;
}

bool is_from_this_device(const Context& context, const Endpoint& source) {
  if (context.trace.devices.size() < 2) return true;
  const auto& own = context.trace.devices[context.device].addresses;
  return std::ranges::find(own, source) != own.end();
}

bool was_told(const Context& context, const trace::TransportFailure& failure) {
  if (context.trace.devices.size() < 2) return true;
  return std::ranges::any_of(
      context.trace.devices[context.device].addresses, [&](const Endpoint& own) {
        return failure.transport == Transport::udp ? own == failure.device
                                                   : own.address == failure.device.address;
      });
}

std::optional<CaptureTime> transport_failure(const Context& context, ServerRole server,
                                             CaptureTime from, CaptureTime until) {
  for (const trace::TransportFailure& failure : context.trace.transport_failures)
    if (failure.server == server && failure.at >= from && failure.at <= until &&
        was_told(context, failure))
      return failure.at;
  return std::nullopt;
}

std::optional<std::size_t> first_response(const Context& context, const trace::Leg& leg) {
  if (leg.provisional && leg.final)
    return context.at(*leg.provisional) <= context.at(*leg.final) ? leg.provisional : leg.final;
  return leg.provisional ? leg.provisional : leg.final;
}

const trace::CallGroup* call_of(const Context& context, const trace::Transaction& invite) {
  if (invite.method != sip::Method::invite || !context.opening(invite).sip.to_tag().empty())
    return nullptr;
  const auto index = static_cast<std::size_t>(&invite - context.transactions.data());
  const auto holds = [index](const trace::CallGroup& call) {
    return std::ranges::any_of(call.legs, [index](const trace::Leg& leg) {
      return std::ranges::find(leg.invites, index) != leg.invites.end();
    });
  };
  // Calls stand in the order they began, so the newest that may hold it are looked at first.
  const auto begin = [](const trace::CallGroup& call) {
    return call.dialled.value_or(call.legs.empty() ? call.until : call.legs.front().i0);
  };
  const auto end = std::ranges::upper_bound(
      context.calls, context.at(invite.sends.front()) + dial_slack, {}, begin);
  const auto newer =
      std::ranges::find_if(std::make_reverse_iterator(end), context.calls.rend(), holds);
  if (newer != context.calls.rend()) return &*newer;
  const auto older = std::find_if(end, context.calls.end(), holds);
  return older == context.calls.end() ? nullptr : &*older;
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
