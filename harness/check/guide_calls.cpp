// Calls as the guide describes them: the registered primary first, the secondary when the primary
// does not react or is known to be lost. @source guide.txt, "SIP Server Redundancy", Cases 1 and 2

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;
using verdict::Blame;

/// policy: how soon after the user's command an INVITE must leave (GRP-CALL-04, GRP-CALL-09).
constexpr Duration prompt_start = 2s;

CaptureTime start_of(const CallGroup& call) {
  return call.dialled.value_or(call.legs.empty() ? call.until : call.legs.front().i0);
}

/// What the primary said to the devices, found once for all calls of a long capture.
class WordsOfThePrimary {
 public:
  explicit WordsOfThePrimary(const Phone& phone) {
    for (const trace::Message& message : phone.messages) {
      if (!message.to_device() || message.server != ServerRole::primary) continue;
      times_.push_back(message.at);
      if (message.sip.status() == 503) note_wait(message);
    }
    std::ranges::sort(times_);
  }

  bool are_between(CaptureTime after, CaptureTime until) const {
    const auto first = std::ranges::upper_bound(times_, after);
    return first != times_.end() && *first <= until;
  }

  /// It asked with 503 not to be tried until later than `at` (RFC 3261 §21.5.4).
  bool ask_to_wait(CaptureTime at) const {
    return std::ranges::any_of(
        waits_, [at](const Wait& wait) { return wait.from <= at && wait.until > at; });
  }

 private:
  struct Wait {
    CaptureTime from;
    CaptureTime until;
  };

  void note_wait(const trace::Message& message) {
    std::string_view value = message.sip.header(sip::HeaderId::retry_after);
    const std::string_view digits = sip::take(value, value.find_first_not_of("0123456789"));
    if (const auto wait = sip::parse_unsigned<std::uint32_t>(digits))
      waits_.push_back({message.at, message.at + std::chrono::seconds(*wait)});
  }

  std::vector<CaptureTime> times_;
  std::vector<Wait> waits_;
};

/// A call before `at` was left for want of any answer, and the primary has said nothing since.
bool was_seen_silent(const Phone& phone, const WordsOfThePrimary& words, CaptureTime at) {
  return std::ranges::any_of(calls(phone), [&](const CallGroup& call) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || primary->i0 >= at) return false;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const bool was_left = primary->end <= at || (secondary && reached_at(phone, *secondary) < at);
    return was_left && !words.are_between(primary->i0, at);
  });
}

bool primary_is_usable(const Phone& phone, const WordsOfThePrimary& words, CaptureTime at) {
  return !known_down(phone, ServerRole::primary, at) &&
         registered(phone, ServerRole::primary, at) && !was_seen_silent(phone, words, at) &&
         !words.ask_to_wait(at) && !is_cut_off(phone, ServerRole::primary, at);
}

/// The answered INVITE of a leg was acknowledged.
bool is_connected(const Phone& phone, const Leg& leg) {
  return leg.final && phone.message(*leg.final).sip.is_success() && !leg.acks_2xx.empty();
}

void starts_at_the_primary(const Phone& phone, Judge& judge) {
  judge.needs("a call while the primary is registered and not known to be lost");
  const WordsOfThePrimary words(phone);
  for (const CallGroup& call : calls(phone)) {
    if (call.legs.empty() || !primary_is_usable(phone, words, start_of(call))) continue;
    if (failed_connection(phone, call)) continue;  // it could not start there
    const Leg& first = call.legs.front();
    const std::string seen =
        fmt::format("call to {} starts at the {}", call.number, to_string(first.server));
    if (first.server == ServerRole::primary)
      judge.pass(evidence_of(phone, first), seen);
    else
      judge.violated(evidence_of(phone, first), seen);
  }
}

/// More than 100 Trying came: a 100 and then silence is no answer (RFC 3261 §16.6 item 11).
bool rings(const Phone& phone, const Leg& leg) {
  const auto& responses = transactions(phone)[leg.invites.back()].responses;
  return std::ranges::any_of(
      responses, [&](std::size_t response) { return phone.message(response).sip.status() > 100; });
}

/// The primary reacted within T1 and neither refused with 5xx nor sent the call elsewhere by 3xx.
bool primary_answers_at_once(const Phone& phone, const Leg& primary) {
  const auto response = first_response(phone, primary);
  if (!response || phone.at(*response) - primary.i0 > phone.profile.timers.t1) return false;
  if (!primary.final) return rings(phone, primary);
  const int kind = phone.message(*primary.final).sip.status() / 100;
  return kind != 5 && kind != 3;
}

void leaves_the_secondary_alone(const Phone& phone, Judge& judge) {
  judge.needs("a call that the primary answers within T1", Blame::harness);
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || !primary_answers_at_once(phone, *primary)) continue;
    if (const Leg* secondary = call.leg(ServerRole::secondary))
      judge.violated(evidence_of(phone, *secondary),
                     "INVITE at the secondary although the primary had answered");
    else
      judge.pass(evidence_of(phone, *primary),
                 "the primary answered; nothing went to the secondary");
  }
}

void falls_back_to_the_secondary(const Phone& phone, Judge& judge) {
  judge.needs("a call to a silent primary with the secondary registered and answering",
              Blame::harness);
  for (const SilentPrimary& failed : calls_to_silent_primary(phone)) {
    if (!registered(phone, ServerRole::secondary, failed.primary->i0) ||
        is_out(phone, ServerRole::secondary, failed.deadline))
      continue;
    if (failed.secondary == nullptr) {
      if (failed.was_observed)
        judge.violated(evidence_of(phone, *failed.primary),
                       fmt::format("no INVITE at the secondary within {} of silence; {}",
                                   format_seconds(phone.trace.last - failed.primary->i0),
                                   describe_tries(phone, failed)));
      else
        judge.inconclusive(evidence_of(phone, *failed.primary), Blame::harness,
                           "the capture ends before the fallback was due");
      continue;
    }
    const Duration earliest = failed.has_signal ? Duration::zero() : phone.profile.timers.t1;
    judge.should_be_within(
        evidence_of_both(phone, *failed.primary, failed.secondary),
        {.start = failed.primary->i0,
         .end = reached_at(phone, *failed.secondary),
         .window = {.min = earliest, .max = failover_limit(phone), .min_open = true},
         .tolerance = failover_grace(phone)},
        "INVITE reached the secondary after the first INVITE to the silent primary");
  }
}

void judge_known_down(const Phone& phone, Judge& judge, const CallGroup& call) {
  const CaptureTime start = start_of(call);
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (secondary == nullptr) {
    if (!call.legs.empty() && phone.trace.last - start > failover_limit(phone) + prompt_start)
      judge.violated(evidence_of(phone, call.legs.front()),
                     "the primary was known to be lost, and the secondary was never tried");
    return;
  }
  const Evidence evidence = evidence_of(phone, *secondary);
  if (!is_connected(phone, *secondary)) {
    if (!call.hung_up && secondary->final && phone.message(*secondary->final).sip.is_success())
      judge.violated(evidence, "the secondary answered and its 200 was never acknowledged");
    return;
  }
  if (call.legs.front().server == ServerRole::primary)
    return judge.warn(evidence, "tried the primary first although it was known to be lost");
  judge.within(
      evidence,
      {.start = start, .end = reached_at(phone, *secondary), .window = {.max = prompt_start}},
      "INVITE straight to the secondary after the dial");
}

void goes_straight_to_the_secondary(const Phone& phone, Judge& judge) {
  judge.needs("a call after the primary's registration was seen to fail");
  for (const CallGroup& call : calls(phone)) {
    const CaptureTime start = start_of(call);
    if (!known_down(phone, ServerRole::primary, start) ||
        !registered(phone, ServerRole::secondary, start) ||
        is_out(phone, ServerRole::secondary, start))
      continue;
    judge_known_down(phone, judge, call);
  }
}

/// What is missing from a call that the secondary answered; nothing if it is complete.
std::optional<std::string> incomplete(const Phone& phone, const CallGroup& call, const Leg& leg) {
  const CaptureTime answered = phone.at(*leg.final);
  if (leg.acks_2xx.empty()) return "its 200 was never acknowledged";
  const Duration late = phone.at(leg.acks_2xx.front()) - answered;
  if (late > phone.profile.timers.t1)
    return fmt::format("ACK {} after the 200", format_seconds(late));
  const bool must_hang_up = call.hung_up && *call.hung_up > answered && !leg.bye_to_device;
  const bool had_time = phone.trace.last - call.hung_up.value_or(answered) > prompt_start;
  if (must_hang_up && had_time && !leg.bye_from_device) return "no BYE after the user hung up";
  const auto& sip = phone.message(*leg.final).sip;
  for (const trace::Message& message : phone.messages)
    if (message.from_device() && message.server == ServerRole::primary &&
        message.sip.call_id() == sip.call_id() && message.sip.to_tag() == sip.to_tag())
      return fmt::format("frame {} of its dialog went to the primary", message.frame);
  return std::nullopt;
}

void call_over_secondary_is_complete(const Phone& phone, Judge& judge) {
  judge.needs("a call that the secondary answered");
  for (const CallGroup& call : calls(phone)) {
    const Leg* leg = call.leg(ServerRole::secondary);
    if (leg == nullptr || !leg->final || !phone.message(*leg->final).sip.is_success()) continue;
    Evidence evidence = evidence_of(phone, *leg);
    evidence.messages.push_back(*leg->final);
    if (const auto missing = incomplete(phone, call, *leg))
      judge.violated(evidence, fmt::format("call over the secondary: {}", *missing));
    else
      judge.pass(evidence, "answer, ACK and hang-up of the call all went over the secondary");
  }
}

void lost_secondary_does_not_matter(const Phone& phone, Judge& judge) {
  judge.needs("a call while the secondary is out and the primary is healthy", Blame::harness);
  const WordsOfThePrimary words(phone);
  for (const CallGroup& call : calls(phone)) {
    const CaptureTime start = start_of(call);
    if (call.legs.empty() || !is_out(phone, ServerRole::secondary, start) ||
        !primary_is_usable(phone, words, start) || is_out(phone, ServerRole::primary, start))
      continue;
    const Leg* primary = call.leg(ServerRole::primary);
    const Evidence evidence = evidence_of(phone, call.legs.front());
    if (primary == nullptr || call.leg(ServerRole::secondary) != nullptr)
      judge.violated(evidence, "the call went to the secondary");
    else if (primary->final && phone.message(*primary->final).sip.is_success() &&
             primary->acks_2xx.empty())
      judge.violated(evidence, "the primary answered and its 200 was never acknowledged");
    else
      judge.within(
          evidence,
          {.start = start, .end = reached_at(phone, *primary), .window = {.max = prompt_start}},
          "INVITE to the primary after the dial, the secondary being out");
  }
}

constexpr std::array table{
    Check{"GRP-CALL-01", starts_at_the_primary},
    Check{"GRP-CALL-02", leaves_the_secondary_alone},
    Check{"GRP-CALL-03", falls_back_to_the_secondary},
    Check{"GRP-CALL-04", goes_straight_to_the_secondary},
    Check{"GRP-CALL-05", call_over_secondary_is_complete},
    Check{"GRP-CALL-09", lost_secondary_does_not_matter},
};

}  // namespace

std::span<const Check> guide_call_checks() {
  return table;
}

}  // namespace sipharness::check
