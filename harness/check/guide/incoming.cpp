// Calls that the secondary brings. @source guide.txt, Case 2 ("receiving calls"); requirements
// AMB-4

#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/busy.hpp"
#include "harness/observed/outages.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/secondary_calls.hpp"
#include "harness/observed/server_names.hpp"

namespace sipharness::check {
namespace {

/// The user took the call and it came to nothing.
std::optional<std::string> broken_answer(const Phone& phone, const Transaction& invite) {
  const CaptureTime asked = opening(phone, invite).at;
  const auto answered = next_action(phone, "answer", asked);
  const bool is_meant = answered && (!invite.final || phone.at(*invite.final) >= *answered) &&
                        phone.trace.last > *answered + policy::time_to_ring;
  if (!is_meant || sets_up_another_call(phone, invite, *answered)) return std::nullopt;
  if (!invite.final) return "the user answered and no 200 was sent";
  const int status = final_status(phone, invite);
  if (status / 100 == 2 || status == 487) return std::nullopt;
  return fmt::format("the user answered and the caller got {}", status);
}

/// What is wrong with how the device received a call; nothing if it took it.
std::optional<std::string> not_taken(const Phone& phone, const Transaction& invite) {
  const auto response = response_above_100(phone, invite);
  const CaptureTime asked = opening(phone, invite).at;
  if (!response || phone.at(*response) > asked + policy::time_to_ring)
    return fmt::format("a call of {} was not heard within {}", named(invite.server),
                       format_duration(policy::time_to_ring));
  const int status = phone.message(*response).sip.status();
  if (status >= 300)
    return fmt::format("a call of {} was refused with {}", named(invite.server), status);
  return broken_answer(phone, invite);
}

template <bool primary_is_lost>
void is_taken(const Phone& phone, const Transaction& invite, Occurrence& it) {
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
        .judge = each<secondary_calls, is_taken<true>>},
    Rule{.row = {.id = "GRP-CALL-07",
                 .clause = "guide, SIP Server Redundancy; Case 1",
                 .severity = Severity::quality,
                 .sentence = "A call that the secondary brings while the primary serves the device "
                             "is taken too.",
                 .observed = "As GRP-CALL-06; the guide speaks of outgoing calls only, so a "
                             "refusal is a warning at most.",
                 .tolerance = "policy: 4 s"},
         .needs = {"a call of the secondary while the primary serves the device", Blame::harness},
         .judge = each<secondary_calls, is_taken<false>>},
};

}  // namespace

std::span<const Rule> guide_incoming_rules() {
  return guide_incoming;
}

}  // namespace sipharness::check
