// Told in every run: the device lives, what it sends parses, the wire agrees with the profile.
// @source policy: catalogue, "Always told, in every run"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/misdirected.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/restarts.hpp"
#include "harness/observed/switch_offs.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

// --- It lives ------------------------------------------------------------------------------------

/// What came after `silence` that a living device would have reacted to, well before the end.
std::vector<std::string> unanswered_stimuli(const Phone& phone, CaptureTime silence) {
  const CaptureTime latest = phone.trace.last - policy::action_grace;
  const auto is_due = [&](CaptureTime at) { return at > silence && at < latest; };
  std::vector<std::string> stimuli;
  for (const Action& action : actions(phone))
    if (action.event->verb == "dial" && is_due(action.at))
      stimuli.push_back(fmt::format("the action \"dial {}\"", action.event->argument));
  // What was answered may be absorbed when it comes again. @source RFC 6026 §7.1
  for (const Transaction* asked : server_transactions(phone))
    for (const std::size_t send : asked->sends)
      if (is_due(phone.at(send)) && (!asked->first_response || send == asked->sends.front()) &&
          misdirected_in_frame(phone, phone.message(send).frame) == nullptr)
        stimuli.push_back(fmt::format("{} in frame {}", phone.message(send).sip.method_text(),
                                      phone.message(send).frame));
  for (const Binding& binding : bindings(phone))
    if (has_lapsed(phone, binding) && is_due(binding.until))
      stimuli.push_back(fmt::format("its binding at the {} lapsed", to_string(binding.server)));
  return stimuli;
}

std::optional<std::string> unexpected_exit(const Phone& phone) {
  const CaptureTime shutdown =
      next_action(phone, "shutdown", phone.trace.zero).value_or(phone.trace.last);
  const auto exit = phone.journal.first_exit(phone.device);
  if (!exit || exit->at > shutdown) return std::nullopt;
  return fmt::format("the device exited at {} (status {})",
                     format_seconds(exit->at - phone.trace.zero),
                     exit->event->exit_status.value_or(0));
}

void lives_to_the_end(const Phone& phone, Judge& judge) {
  if (const auto exit = unexpected_exit(phone)) judge.violated({}, *exit);
  const auto last = last_sign_of_life(phone);
  if (!last || is_switched_off(phone, phone.trace.last)) return;
  const std::vector<std::string> stimuli =
      has_taken_leave(phone, *last) ? std::vector<std::string>() : unanswered_stimuli(phone, *last);
  const std::vector<Misdirected>& misdirected = misdirected_requests(phone);
  if (stimuli.empty() && !misdirected.empty() && misdirected.back().request->at > *last)
    return judge.inconclusive({}, Blame::user, describe(phone, misdirected.back()));
  if (stimuli.empty() && phone.trace.has_journal())
    return judge.pass({}, "the device reacted to the end");
  if (stimuli.empty())
    return judge.needs("a journal, which says how long the device was watched and what it was told",
                       Blame::user);
  const std::string seen = fmt::format("silent since {}, although: {}",
                                       format_seconds(*last - phone.trace.zero), stimuli.front());
  if (stimuli.size() == 1 && !phone.trace.has_journal())
    judge.inconclusive({}, Blame::network, seen + "; the capture may lack its one reaction");
  else
    judge.violated({}, seen);
}

void starts_anew_only_when_told(const Phone& phone, Judge& judge) {
  if (!phone.trace.has_journal())
    return judge.needs("a journal, which says when the device was started", Blame::user);
  for (const OwnRestart& restart : own_restarts(phone))
    judge.violated(evidence_of(phone, restart),
                   fmt::format("registered anew at both servers {} after the start of the run, "
                               "long before a refresh was due: it was restarted, and nobody had "
                               "ordered it",
                               format_seconds(restart.anew[0]->start - phone.trace.zero)));
  if (own_restarts(phone).empty() && !refreshes(phone).empty())
    judge.pass({}, "registered anew only when it was due or had been started");
}

void what_it_sends_parses(const Phone& phone, Judge& judge) {
  bool all_parse = true;
  for (const trace::Malformed& malformed : phone.malformed) {
    if (malformed.direction != Direction::from_device) continue;
    all_parse = false;
    judge.violated({}, fmt::format("frame {}: {} at byte {}", malformed.frame,
                                   malformed.problem.what, malformed.problem.offset));
  }
  if (all_parse && last_sent_at(phone)) judge.pass({}, "everything the device sent parses as SIP");
}

// --- The profile agrees with the wire ------------------------------------------------------------

void first_retransmission_shows_t1(const Phone& phone, Judge& judge) {
  const auto first = std::ranges::find_if(transactions(phone), [](const Transaction& transaction) {
    return is_ours(transaction) && transaction.sends.size() > 1;
  });
  if (first == transactions(phone).end()) return;
  const Duration t1 = phone.profile.timers.t1;
  const auto tolerance = timer_tolerance(phone, t1);
  judge.within(evidence_of(phone, *first),
               {.start = phone.at(first->sends[0]),
                .end = phone.at(first->sends[1]),
                .window = {.min = t1 - tolerance.value / 2, .max = t1 + tolerance.value},
                .tolerance = tolerance},
               "first retransmission (T1 of the profile)");
}

void expiry_agrees(const Phone& phone, Judge& judge) {
  const auto first = std::ranges::find_if(attempts(phone), [&](const RegisterAttempt& attempt) {
    return !attempt.unregister && attempt.requested && !was_told_min_expires(phone, attempt);
  });
  if (first == attempts(phone).end()) return;
  Occurrence it(phone, judge, *first);
  judge_expiry(phone, *first, "the profile says", it);
}

std::optional<std::string> wrong_transport(const Phone& phone, const Message& request) {
  const Transport configured = *phone.profile.transport;
  if (request.transport == configured) return std::nullopt;
  // RFC 3261 §18.1.1 sends what is too large for a datagram over a stream; the rest of its dialog
  // may use the stream that is open then.
  if (request.transport == Transport::tcp && is_large_or_follows(phone, request))
    return std::nullopt;
  return fmt::format("{} over {}, the profile says {}", request.sip.method_text(),
                     to_string(request.transport), to_string(configured));
}

constexpr Needs a_message{"a SIP message from the device"};

const std::array always_told{
    Rule{.row = {.id = "DUT-ALIVE",
                 .clause = "policy: always told",
                 .severity = Severity::quality,
                 .sentence = "The device neither ends nor stops sending for good.",
                 .observed = "Its process does not exit, and it does not cease to send or react "
                             "before the run ends."},
         .needs = a_message,
         .judge = lives_to_the_end},
    Rule{.row = {.id = "DUT-RESTART",
                 .clause = "policy: always told",
                 .severity = Severity::quality,
                 .sentence = "The device does not restart by itself.",
                 .observed = "Without an action of the run, both servers do not get a REGISTER "
                             "with a new Call-ID and From tag for the same Contact before a third "
                             "of the expiry granted is over.",
                 .tolerance = "policy: a third"},
         .needs = {"a refresh after a granted registration"},
         .judge = starts_anew_only_when_told},
    Rule{.row =
             {.id = "DUT-PARSE",
              .clause = "RFC 3261 §7, §25",
              .severity = Severity::must,
              .sentence = "What the device sends to a SIP port parses as SIP.",
              .observed =
                  "Every datagram and every stream from the device to a SIP port is a SIP message "
                  "or a keep-alive; the frame and the position of the first error are told."},
         .needs = a_message,
         .judge = what_it_sends_parses,
         .is_about_content = true},
    Rule{.row = {.id = "PROFILE-T1",
                 .clause = "policy: the wire agrees with the profile",
                 .severity = Severity::quality,
                 .sentence = "The first retransmission comes after the T1 that the profile states.",
                 .observed = "The first interval of requests that are resent over UDP.",
                 .tolerance = "profile: timer"},
         .needs = {"a request of the device that was sent again", Blame::harness},
         .unless =
             [](const Phone& phone) {
               return phone.profile.knows_timers
                          ? std::string_view()
                          : "the profile does not say T1; it is read off the capture";
             },
         .judge = first_retransmission_shows_t1},
    Rule{.row = {.id = "PROFILE-EXPIRY",
                 .clause = "policy: the wire agrees with the profile",
                 .severity = Severity::quality,
                 .sentence = "The device asks for the registration expiry that the profile states.",
                 .observed = "The expiry requested by every REGISTER that asks for a binding."},
         .needs = {"a REGISTER that proposes an expiry"},
         .unless = has_unknown_expiration,
         .judge = expiry_agrees},
    Rule{.row = {.id = "PROFILE-TRANSPORT",
                 .clause = "policy: the wire agrees with the profile",
                 .severity = Severity::quality,
                 .sentence = "The device uses the transport that the profile states.",
                 .observed = "The transport of every request from the device."},
         .needs = a_message,
         .unless =
             [](const Phone& phone) {
               return phone.profile.transport ? std::string_view()
                                              : "the profile does not say the transport";
             },
         .held = {"the transport of the profile in {}"},
         .judge = every<requests_of_device, wrong_transport>,
         .is_about_content = true},
};

}  // namespace

std::span<const Rule> always_told_rules() {
  return always_told;
}

}  // namespace sipharness::check
