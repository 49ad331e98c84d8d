// Calls that the secondary brings. @source guide.txt, Case 2 ("receiving calls"); requirements
// AMB-4

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::ServerRole;

/// How soon a call must be heard (catalogue, GRP-CALL-06).
constexpr Duration time_to_ring = 4s;

/// The INVITE goes to the Contact that the device registered there.
bool is_for_the_binding(const Phone& phone, const Transaction& invite) {
  const trace::Message& message = opening(phone, invite);
  return std::ranges::any_of(bindings(phone), [&](const Binding& binding) {
    return binding.server == invite.server && binding.from <= message.at &&
           message.at < binding.until &&
           sip::same_uri(attempts(phone)[binding.attempt].contact, message.sip.request_uri());
  });
}

bool is_lost(const Phone& phone, ServerRole server, CaptureTime at) {
  return known_down(phone, server, at) || is_out(phone, server, at);
}

/// Another call was being set up then, either way.
bool has_a_call_beside(const Phone& phone, const Transaction& invite, CaptureTime at) {
  return std::ranges::any_of(transactions(phone), [&](const Transaction& other) {
    if (&other == &invite || other.method != Method::invite || opening(phone, other).at > at)
      return false;
    if (other.final) return phone.at(*other.final) >= at;
    return other.provisional || at < opening(phone, other).at + phone.profile.request_timeout();
  });
}

/// Refuses how the request was put or what it offers, not the call: the caller has to ask
/// otherwise.
bool asks_for_another_request(int status) {
  constexpr std::array statuses{401, 406, 407, 415, 420, 421, 422, 482, 488, 606};
  return std::ranges::find(statuses, status) != statuses.end();
}

/// Busy or declined: the user's word, or the state of a phone in use.
bool may_be_the_users_word(const Phone& phone, const Transaction& invite, int status) {
  if (status / 100 == 3 || status == 487) return true;   // forwarded, or given up by the caller
  if (status == 480) return !phone.trace.has_journal();  // "do not disturb"
  if (status != 486 && status != 600 && status != 603) return false;
  const CaptureTime asked = opening(phone, invite).at;
  const CaptureTime refused = phone.at(*invite.final);
  const auto was_ordered = [&](std::string_view verb) {
    const auto at = next_action(phone, verb, asked);
    return at && *at <= refused;
  };
  const bool is_in_use = std::ranges::any_of(dialogs(phone), [&](const auto& dialog) {
    return dialog.answered < asked && (!dialog.ended || *dialog.ended > asked);
  });
  return !phone.trace.has_journal() || is_in_use || has_a_call_beside(phone, invite, asked) ||
         was_ordered("reject") || was_ordered("hang_up");
}

/// The first response that says more than 100.
std::optional<std::size_t> first_word(const Phone& phone, const Transaction& invite) {
  for (const std::size_t response : invite.responses)
    if (phone.message(response).sip.status() > 100) return response;
  return std::nullopt;
}

/// The user took the call and it came to nothing.
std::optional<std::string> broken_answer(const Phone& phone, const Transaction& invite) {
  const CaptureTime asked = opening(phone, invite).at;
  const auto answered = next_action(phone, "answer", asked);
  const bool is_meant = answered && (!invite.final || phone.at(*invite.final) >= *answered) &&
                        phone.trace.last > *answered + time_to_ring;
  if (!is_meant || has_a_call_beside(phone, invite, *answered)) return std::nullopt;
  if (!invite.final) return "the user answered and no 200 was sent";
  const sip::MessageView& final = phone.message(*invite.final).sip;
  if (!final.is_success() && final.status() != 487)
    return fmt::format("the user answered and the caller got {}", final.status());
  return std::nullopt;
}

/// What is wrong with how the device received a call; nothing if it took it.
std::optional<std::string> not_taken(const Phone& phone, const Transaction& invite) {
  const auto word = first_word(phone, invite);
  const CaptureTime asked = opening(phone, invite).at;
  if (!word || phone.at(*word) > asked + time_to_ring)
    return fmt::format("a call of the {} was not heard within {}", to_string(invite.server),
                       format_duration(time_to_ring));
  const int status = phone.message(*word).sip.status();
  if (status >= 300)
    return fmt::format("a call of the {} was refused with {}", to_string(invite.server), status);
  return broken_answer(phone, invite);
}

/// It may be refused, or be lost where the capture does not look, without a fault of the device.
bool cannot_be_judged(const Phone& phone, const Transaction& invite) {
  const trace::Message& message = opening(phone, invite);
  if (!is_incoming_call(phone, invite) || !is_for_the_binding(phone, invite) ||
      was_unreachable(phone, invite) || phone.trace.last < message.at + time_to_ring)
    return true;
  const auto word = first_word(phone, invite);
  const bool is_in_time = word && phone.at(*word) <= message.at + time_to_ring;
  if (!is_in_time && phone.trace.vantage != trace::Vantage::device) return true;
  const auto status_of = [&](const auto& response) {
    return response ? phone.message(*response).sip.status() : 0;
  };
  const int status = status_of(word);
  return asks_for_another_request(status_of(invite.final)) ||
         (status >= 300 && may_be_the_users_word(phone, invite, status));
}

void judge_calls_of_secondary(const Phone& phone, Judge& judge, bool primary_is_lost) {
  for (const Transaction& invite : transactions(phone)) {
    if (invite.server != ServerRole::secondary || cannot_be_judged(phone, invite)) continue;
    if (is_lost(phone, ServerRole::primary, opening(phone, invite).at) != primary_is_lost) continue;
    const Evidence evidence = evidence_of(phone, invite);
    const auto wrong = not_taken(phone, invite);
    if (!wrong)
      judge.pass(evidence, "a call of the secondary was taken");
    else if (phone.profile.accept_incoming_from_proxy_only || phone.profile.check_sip_user_id)
      judge.inconclusive(evidence, verdict::Blame::user,
                         "the profile says that the device refuses calls of strangers");
    else
      judge.violated(evidence, *wrong);
  }
}

void takes_calls_while_primary_is_down(const Phone& phone, Judge& judge) {
  judge.needs("a call of the secondary while the primary is lost", verdict::Blame::harness);
  judge_calls_of_secondary(phone, judge, true);
}

void takes_calls_while_primary_is_up(const Phone& phone, Judge& judge) {
  judge.needs("a call of the secondary while the primary serves the device",
              verdict::Blame::harness);
  judge_calls_of_secondary(phone, judge, false);
}

constexpr std::array table{
    Check{"GRP-CALL-06", takes_calls_while_primary_is_down},
    Check{"GRP-CALL-07", takes_calls_while_primary_is_up},
};

}  // namespace

std::span<const Check> guide_incoming_checks() {
  return table;
}

}  // namespace sipharness::check
