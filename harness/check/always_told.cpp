// Told in every run: the device lives, what it sends parses, the wire agrees with the profile.
// @source policy: catalogue, "Always told, in every run"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/request_tally.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;

/// policy: an ordered action must show on the wire within this (catalogue §0.2, rule i).
constexpr Duration action_grace = 10s;

std::optional<CaptureTime> last_word(const Phone& phone) {
  std::optional<CaptureTime> last;
  for (const Message& message : phone.messages)
    if (message.from_device()) last = message.at;
  return last;
}

/// Ran out; not refreshed, taken back or forgotten by the server.
bool has_lapsed(const Phone& phone, const Binding& binding) {
  const RegisterAttempt& attempt = attempts(phone)[binding.attempt];
  return !binding.refreshed && attempt.granted && binding.until == *attempt.ok + *attempt.granted;
}

/// Something after `silence` that a living device would have reacted to, well before the end.
std::optional<std::string> unanswered_stimulus(const Phone& phone, CaptureTime silence) {
  const CaptureTime latest = phone.trace.last - action_grace;
  for (const Action& order : actions(phone))
    if (order.event->verb == "dial" && order.at > silence && order.at < latest)
      return fmt::format("ordered to dial {}", order.event->argument);
  for (const Message& message : phone.messages)
    if (message.to_device() && message.sip.is_request() && message.sip.method() != Method::ack &&
        message.at > silence && message.at < latest)
      return fmt::format("{} in frame {}", message.sip.method_text(), message.frame);
  for (const Binding& binding : bindings(phone))
    if (has_lapsed(phone, binding) && binding.until > silence && binding.until < latest)
      return fmt::format("its binding at the {} lapsed", to_string(binding.server));
  return std::nullopt;
}

std::optional<std::string> unexpected_exit(const Phone& phone) {
  for (const journal::Entry& entry : phone.trace.journal) {
    const auto* state = std::get_if<journal::DeviceState>(&entry.event);
    if (state == nullptr || state->state != "exited" || !phone.is_about(state->device)) continue;
    const bool ordered =
        next_action(phone, "shutdown", phone.trace.zero).value_or(phone.trace.last) <
        phone.trace.time_of(entry);
    if (!ordered)
      return fmt::format("the device exited at {} (status {})", format_seconds(entry.at),
                         state->exit_status.value_or(0));
  }
  return std::nullopt;
}

void lives_to_the_end(const Phone& phone, Judge& judge) {
  judge.needs("a SIP message from the device");
  if (const auto exit = unexpected_exit(phone)) judge.violated({}, *exit);
  const auto last = last_word(phone);
  if (!last) return;
  if (is_switched_off(phone, phone.trace.last)) return;
  if (const auto stimulus = unanswered_stimulus(phone, *last))
    judge.violated({}, fmt::format("silent since {}, although: {}",
                                   format_seconds(*last - phone.trace.zero), *stimulus));
  else
    judge.pass({}, "the device reacted to the end");
}

void what_it_sends_parses(const Phone& phone, Judge& judge) {
  judge.needs("a SIP message from the device");
  bool all_parse = true;
  for (const trace::Malformed& malformed : phone.malformed) {
    if (malformed.direction != trace::Direction::from_device) continue;
    all_parse = false;
    judge.violated({}, fmt::format("frame {}: {} at byte {}", malformed.frame,
                                   malformed.problem.what, malformed.problem.offset));
  }
  if (all_parse && last_word(phone)) judge.pass({}, "everything the device sent parses as SIP");
}

void first_retransmission_shows_t1(const Phone& phone, Judge& judge) {
  if (!phone.profile.knows_timers)
    return judge.not_applicable("the profile does not say T1; it is read off the capture");
  judge.needs("a request of the device that was sent again", verdict::Blame::harness);
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.direction != trace::Direction::from_device || transaction.sends.size() < 2)
      continue;
    const Duration t1 = phone.profile.timers.t1;
    const auto tolerance = timer_tolerance(phone, t1);
    return judge.within(evidence_of(phone, transaction),
                        {.start = phone.at(transaction.sends[0]),
                         .end = phone.at(transaction.sends[1]),
                         .window = {.min = t1 - tolerance.value / 2, .max = t1 + tolerance.value},
                         .tolerance = tolerance},
                        "first retransmission (T1 of the profile)");
  }
}

void expiry_agrees(const Phone& phone, Judge& judge) {
  if (!phone.profile.register_expiration)
    return judge.not_applicable("the profile does not say the Register Expiration");
  judge.needs("a REGISTER that proposes an expiry");
  for (const RegisterAttempt& attempt : attempts(phone)) {
    if (attempt.unregister || !attempt.requested || was_told_min_expires(phone, attempt)) continue;
    const std::string seen =
        fmt::format("asks for {}, the profile says {}", format_duration(*attempt.requested),
                    format_duration(phone.profile.register_expiration.value_or(Duration::zero())));
    if (*attempt.requested == phone.profile.register_expiration.value_or(Duration::zero()))
      return judge.pass(evidence_of(phone, attempt), seen);
    return judge.violated(evidence_of(phone, attempt), seen);
  }
}

/// RFC 3261 §18.1.1 sends what is too large for a datagram over a stream; the rest of its dialog
/// may use the stream that is open then.
bool is_large_or_follows(const Phone& phone, const Message& message) {
  return std::ranges::any_of(phone.messages, [&](const Message& large) {
    return large.from_device() && large.sip.is_request() && large.index <= message.index &&
           large.sip.bytes().size() > largest_datagram &&
           large.sip.call_id() == message.sip.call_id();
  });
}

void transport_agrees(const Phone& phone, Judge& judge) {
  judge.needs("a SIP message from the device");
  RequestTally(phone, judge)
      .ask(Method::unknown,
           fmt::format("{} as the profile says", to_string(phone.profile.transport)),
           [&](const Message& message) -> std::optional<std::string> {
             if (message.transport == phone.profile.transport) return std::nullopt;
             if (message.transport == Transport::tcp && is_large_or_follows(phone, message))
               return std::nullopt;
             return fmt::format("{} over {}, the profile says {}", message.sip.method_text(),
                                to_string(message.transport), to_string(phone.profile.transport));
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
