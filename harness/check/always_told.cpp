// Told in every run: the device lives, what it sends parses, the wire agrees with the profile.
// @source policy: catalogue, "Always told, in every run"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "harness/check/client_transactions.hpp"
#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"
#include "harness/check/refresh.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;

/// policy: an ordered action must show on the wire within this (catalogue §0.2, rule i).
constexpr Duration action_grace = 10s;

std::optional<CaptureTime> last_word(const Context& context) {
  std::optional<CaptureTime> last;
  for (const Message& message : context.trace.messages)
    if (message.from_device() && message.device == context.device) last = message.at;
  return last;
}

/// Ran out; not refreshed, taken back or forgotten by the server.
bool has_lapsed(const Context& context, const trace::Binding& binding) {
  const trace::RegisterAttempt& attempt = context.attempts[binding.attempt];
  return !binding.refreshed && attempt.granted && binding.until == *attempt.ok + *attempt.granted;
}

/// Something after `silence` that a living device would have reacted to, well before the end.
std::optional<std::string> unanswered_stimulus(const Context& context, CaptureTime silence) {
  const CaptureTime latest = context.trace.last - action_grace;
  for (const Order& order : context.orders)
    if (order.action->verb == "dial" && order.at > silence && order.at < latest)
      return fmt::format("ordered to dial {}", order.action->argument);
  for (const Message& message : context.trace.messages)
    if (message.to_device() && message.device == context.device && message.sip.is_request() &&
        message.sip.method() != Method::ack && message.at > silence && message.at < latest)
      return fmt::format("{} in frame {}", message.sip.method_text(), message.frame);
  for (const trace::Binding& binding : context.bindings)
    if (has_lapsed(context, binding) && binding.until > silence && binding.until < latest)
      return fmt::format("its binding at the {} lapsed", to_string(binding.server));
  return std::nullopt;
}

std::optional<std::string> unexpected_exit(const Context& context) {
  for (const journal::Entry& entry : context.trace.journal) {
    const auto* state = std::get_if<journal::DeviceState>(&entry.event);
    if (state == nullptr || state->state != "exited" || !context.is_about(state->device)) continue;
    const bool ordered =
        next_action(context, "shutdown", context.trace.zero).value_or(context.trace.last) <
        context.trace.time_of(entry);
    if (!ordered)
      return fmt::format("the device exited at {} (status {})", format_seconds(entry.at),
                         state->exit_status.value_or(0));
  }
  return std::nullopt;
}

void lives_to_the_end(const Context& context, Judge& judge) {
  judge.needs("a SIP message from the device");
  if (const auto exit = unexpected_exit(context)) judge.violated({}, *exit);
  const auto last = last_word(context);
  if (!last) return;
  if (is_switched_off(context, context.trace.last)) return;
  if (const auto stimulus = unanswered_stimulus(context, *last))
    judge.violated({}, fmt::format("silent since {}, although: {}",
                                   format_seconds(*last - context.trace.zero), *stimulus));
  else
    judge.pass({}, "the device reacted to the end");
}

void what_it_sends_parses(const Context& context, Judge& judge) {
  judge.needs("a SIP message from the device");
  bool all_parse = true;
  for (const trace::Malformed& malformed : context.trace.malformed) {
    if (malformed.direction != trace::Direction::from_device ||
        !is_from_this_device(context, malformed.source))
      continue;
    all_parse = false;
    judge.violated({}, fmt::format("frame {}: {} at byte {}", malformed.frame,
                                   malformed.problem.what, malformed.problem.offset));
  }
  if (all_parse && last_word(context)) judge.pass({}, "everything the device sent parses as SIP");
}

void first_retransmission_shows_t1(const Context& context, Judge& judge) {
  if (!context.profile.knows_timers)
    return judge.not_applicable("the profile does not say T1; it is read off the capture");
  judge.needs("a request of the device that was sent again", verdict::Blame::harness);
  for (const trace::Transaction& transaction : context.transactions) {
    if (transaction.direction != trace::Direction::from_device || transaction.sends.size() < 2)
      continue;
    const Duration t1 = context.profile.timers.t1;
    const auto tolerance = timer_tolerance(context, t1);
    return judge.within(evidence_of(context, transaction),
                        {.start = context.at(transaction.sends[0]),
                         .end = context.at(transaction.sends[1]),
                         .window = {.min = t1 - tolerance.value / 2, .max = t1 + tolerance.value},
                         .tolerance = tolerance},
                        "first retransmission (T1 of the profile)");
  }
}

void expiry_agrees(const Context& context, Judge& judge) {
  if (!context.profile.register_expiration)
    return judge.not_applicable("the profile does not say the Register Expiration");
  judge.needs("a REGISTER that proposes an expiry");
  for (const trace::RegisterAttempt& attempt : context.attempts) {
    if (attempt.unregister || !attempt.requested || was_told_min_expires(context, attempt))
      continue;
    const std::string seen =
        fmt::format("asks for {}, the profile says {}", format_duration(*attempt.requested),
                    format_duration(*context.profile.register_expiration));
    if (*attempt.requested == context.profile.register_expiration)
      return judge.pass(evidence_of(context, attempt), seen);
    return judge.violated(evidence_of(context, attempt), seen);
  }
}

/// RFC 3261 §18.1.1 sends what is too large for a datagram over a stream; the rest of its dialog
/// may use the stream that is open then.
bool is_large_or_follows(const Context& context, const Message& message) {
  return std::ranges::any_of(context.trace.messages, [&](const Message& large) {
    return large.from_device() && large.sip.is_request() && large.index <= message.index &&
           large.sip.bytes().size() > largest_datagram &&
           large.sip.call_id() == message.sip.call_id();
  });
}

void transport_agrees(const Context& context, Judge& judge) {
  judge.needs("a SIP message from the device");
  RequestTally(context, judge)
      .ask(Method::unknown,
           fmt::format("{} as the profile says", to_string(context.profile.transport)),
           [&](const Message& message) -> std::optional<std::string> {
             if (message.transport == context.profile.transport) return std::nullopt;
             if (message.transport == Transport::tcp && is_large_or_follows(context, message))
               return std::nullopt;
             return fmt::format("{} over {}, the profile says {}", message.sip.method_text(),
                                to_string(message.transport), to_string(context.profile.transport));
           });
}

constexpr std::array table{
    Check{"DUT-ALIVE", lives_to_the_end},
    Check{"DUT-PARSE", what_it_sends_parses},
    Check{"PROFILE-T1", first_retransmission_shows_t1},
    Check{"PROFILE-EXPIRY", expiry_agrees},
    Check{"PROFILE-TRANSPORT", transport_agrees},
};

}  // namespace

std::span<const Check> always_told_checks() {
  return table;
}

}  // namespace sipharness::check
