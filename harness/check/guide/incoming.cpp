// Calls that the secondary brings. @source guide.txt, Case 2 ("receiving calls"); requirements
// AMB-4

#include "harness/observed/incoming.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/busy.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

/// The INVITE goes to the Contact that the device registered there.
bool is_for_the_binding(const Phone& phone, const Transaction& invite) {
  const Message& message = opening(phone, invite);
  const Binding* binding = binding_at(phone, invite.server, message.at);
  return binding != nullptr &&
         sip::same_uri(attempts(phone)[binding->attempt].contact, message.sip.request_uri());
}

bool is_lost(const Phone& phone, ServerRole server, CaptureTime at) {
  return known_down(phone, server, at) || is_out(phone, server, at);
}

/// Refuses how the request was put or what it offers, not the call: the caller has to ask
/// otherwise.
bool asks_for_another_request(int status) {
  constexpr std::array statuses{401, 406, 407, 415, 420, 421, 422, 482, 488, 606};
  return std::ranges::find(statuses, status) != statuses.end();
}

/// Busy or declined: the user's word, or the state of a phone in use.
bool may_be_the_users_choice(const Phone& phone, const Transaction& invite, int status) {
  if (status / 100 == 3 || status == 487) return true;   // forwarded, or given up by the caller
  if (status == 480) return !phone.trace.has_journal();  // "do not disturb"
  if (status != 486 && status != 600 && status != 603) return false;
  const CaptureTime asked = opening(phone, invite).at;
  const CaptureTime refused = phone.at(*invite.final);
  const auto had_action = [&](std::string_view verb) {
    const auto at = next_action(phone, verb, asked);
    return at && *at <= refused;
  };
  return !phone.trace.has_journal() || is_in_call(phone, asked) ||
         sets_up_another_call(phone, invite, asked) || had_action("reject") ||
         had_action("hang_up");
}

/// The user took the call and it came to nothing.
std::optional<std::string> broken_answer(const Phone& phone, const Transaction& invite) {
  const CaptureTime asked = opening(phone, invite).at;
  const auto answered = next_action(phone, "answer", asked);
  const bool is_meant = answered && (!invite.final || phone.at(*invite.final) >= *answered) &&
                        phone.trace.last > *answered + policy::time_to_ring;
  if (!is_meant || sets_up_another_call(phone, invite, *answered)) return std::nullopt;
  if (!invite.final) return "the user answered and no 200 was sent";
  const sip::MessageView& final = phone.message(*invite.final).sip;
  if (!final.is_success() && final.status() != 487)
    return fmt::format("the user answered and the caller got {}", final.status());
  return std::nullopt;
}

/// What is wrong with how the device received a call; nothing if it took it.
std::optional<std::string> not_taken(const Phone& phone, const Transaction& invite) {
  const auto response = response_above_100(phone, invite);
  const CaptureTime asked = opening(phone, invite).at;
  if (!response || phone.at(*response) > asked + policy::time_to_ring)
    return fmt::format("a call of the {} was not heard within {}", to_string(invite.server),
                       format_duration(policy::time_to_ring));
  const int status = phone.message(*response).sip.status();
  if (status >= 300)
    return fmt::format("a call of the {} was refused with {}", to_string(invite.server), status);
  return broken_answer(phone, invite);
}

/// It may be refused, or be lost where the capture does not look, without a fault of the device.
bool cannot_be_judged(const Phone& phone, const Transaction& invite) {
  const Message& message = opening(phone, invite);
  if (!is_incoming_call(phone, invite) || !is_for_the_binding(phone, invite) ||
      was_unreachable(phone, invite))
    return true;
  const auto response = response_above_100(phone, invite);
  const bool is_refused = response && phone.message(*response).sip.status() >= 300;
  if (!is_refused && phone.trace.last < message.at + policy::time_to_ring) return true;
  const bool is_in_time = response && phone.at(*response) <= message.at + policy::time_to_ring;
  if (!is_in_time && phone.trace.vantage != trace::Vantage::device) return true;
  const auto status_of = [&](const auto& message_index) {
    return message_index ? phone.message(*message_index).sip.status() : 0;
  };
  const int status = status_of(response);
  return asks_for_another_request(status_of(invite.final)) ||
         (is_refused && may_be_the_users_choice(phone, invite, status));
}

template <bool primary_is_lost>
void takes_call_of_secondary(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (invite.server != ServerRole::secondary || cannot_be_judged(phone, invite)) return;
  if (is_lost(phone, ServerRole::primary, opening(phone, invite).at) != primary_is_lost) return;
  const auto wrong = not_taken(phone, invite);
  if (!wrong)
    it.pass("a call of the secondary was taken");
  else if (phone.profile.accept_incoming_from_proxy_only || phone.profile.check_sip_user_id)
    it.inconclusive(Blame::user, "the profile says that the device refuses calls of strangers");
  else
    it.violated(*wrong);
}

const std::array guide_incoming{
    Rule{
        .row =
            {.id = "GRP-CALL-06",
             .clause = "guide, Case 2",
             .severity = Severity::vendor,
             .sentence = "A call that the secondary brings while the primary is lost is taken.",
             .observed =
                 "The device answers an INVITE to the Contact it registered there with a 1xx other "
                 "than 100 or a 2xx within 4 s, and with a 200 when its user takes the call.",
             .tolerance = "policy: 4 s"},
        .needs = {"a call of the secondary while the primary is lost", Blame::harness},
        .judge = each<transactions, takes_call_of_secondary<true>>},
    Rule{.row = {.id = "GRP-CALL-07",
                 .clause = "guide, SIP Server Redundancy; Case 1",
                 .severity = Severity::quality,
                 .sentence = "A call that the secondary brings while the primary serves the device "
                             "is taken too.",
                 .observed = "As GRP-CALL-06; the guide speaks of outgoing calls only, so a "
                             "refusal is a warning at most.",
                 .tolerance = "policy: 4 s"},
         .needs = {"a call of the secondary while the primary serves the device", Blame::harness},
         .judge = each<transactions, takes_call_of_secondary<false>>},
};

}  // namespace

std::span<const Rule> guide_incoming_rules() {
  return guide_incoming;
}

}  // namespace sipharness::check
