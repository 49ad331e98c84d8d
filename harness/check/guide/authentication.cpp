// The guide's behaviour without any challenge, and the same behaviour with them.
// @source guide.txt, last note; requirements AMB-12

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/server_messages.hpp"

namespace sipharness::check {
namespace {

// --- Without any challenge -----------------------------------------------------------------------

void judge_first_binding(const Phone& phone, Judge& judge, ServerRole server) {
  const RegisterAttempt* bound = first_bound(phone, server);
  if (bound == nullptr) return;
  const Transaction& request = transactions(phone)[bound->transactions.back()];
  const bool is_unsolicited = !credentials_in(opening(phone, request).sip).empty();
  judge.pass(evidence_of(phone, *bound),
             fmt::format("registered at the {} without a challenge{}", to_string(server),
                         is_unsolicited ? ", with credentials nobody asked for" : ""));
}

/// The driver says that the dial was taken.
bool was_taken(const Phone& phone, const CallGroup& call) {
  const auto [first, last] =
      std::ranges::equal_range(actions(phone), *call.dialled, {}, &Action::at);
  return std::any_of(first, last, [](const Action& action) {
    return action.event->verb == "dial" && action.event->reported_ok;
  });
}

/// A dial that was taken and put no INVITE on the wire, although nobody ended it soon.
bool came_to_nothing(const Phone& phone, const CallGroup& call) {
  if (!call.dialled || !call.legs.empty() || !was_taken(phone, call)) return false;
  const CaptureTime due = *call.dialled + policy::action_grace;
  return !call.hung_up && call.until >= due && phone.trace.last >= due;
}

/// A server holds the registration and has asked for nothing that keeps calls away from it.
bool may_call(const Phone& phone, ServerRole server, CaptureTime at) {
  return registered(phone, server, at) && !known_down(phone, server, at) &&
         !had_sent_503(phone, server, at);
}

void works_without_challenge(const Phone& phone, Judge& judge) {
  if (is_ever_challenged(phone)) return;
  // Dials that came to nothing are told by a journal alone.
  if (!phone.trace.has_journal() && invites_of_device(phone).empty())
    return judge.needs("a call after a registration without any challenge");
  for (const ServerRole server : both_servers) judge_first_binding(phone, judge, server);
  for (const CallGroup& call : calls(phone)) {
    if (!came_to_nothing(phone, call)) continue;
    for (const ServerRole server : both_servers)
      if (may_call(phone, server, *call.dialled))
        judge.violated({server, {}, {}},
                       fmt::format("no INVITE for the call to {} although it is registered at the "
                                   "{}, which asked for no credentials",
                                   call.number, to_string(server)));
  }
}

// --- The same with challenges --------------------------------------------------------------------

/// The challenge that the newest request of a chain drew, if it was left unanswered.
const Challenged* unanswered(const Phone& phone, const std::vector<std::size_t>& chain) {
  const Challenged* last = challenge_of(phone, transactions(phone)[chain.back()]);
  return last != nullptr && !last->is_rejection ? last : nullptr;
}

bool has_challenge(const Phone& phone, const std::vector<std::size_t>& chain) {
  return std::ranges::any_of(chain, [&](std::size_t one) {
    return challenge_of(phone, transactions(phone)[one]) != nullptr;
  });
}

void judge_end(const Phone& phone, const Challenged& end, const std::string& seen, Occurrence& it) {
  if (must_be_answered(phone, end))
    it.violated_unless_lost(seen);
  else
    violated_if_known(it, false, "whether the device has a password", seen);
}

void registers_through_challenge(const Phone& phone, const RegisterAttempt& attempt,
                                 Occurrence& it) {
  if (!has_challenge(phone, attempt.transactions)) return;
  const std::string_view server = to_string(attempt.server);
  const Challenged* end = unanswered(phone, attempt.transactions);
  if (attempt.ok)
    it.pass("registered at the {} through a challenge", server);
  else if (end != nullptr && answer_due(phone, *end) != AnswerDue::no)
    judge_end(phone, *end, fmt::format("a challenge ended the attempt at the {}", server), it);
}

/// A challenge is an answer: it moves no call (AMB-3). What the server does after it may.
void calls_through_challenge(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* primary = call.leg(ServerRole::primary);
  if (primary == nullptr || !has_challenge(phone, primary->invites)) return;
  const Leg* secondary = call.leg(ServerRole::secondary);
  const Challenged* end = unanswered(phone, primary->invites);
  if (end == nullptr)
    it.about(*primary).pass("the call went on through a challenge");
  else if (secondary != nullptr && awaits_answer(phone, *end->refused, end->challenge->at) &&
           reached_at(phone, *secondary) >= end->challenge->at)
    it.about(*secondary)
        .violated_unless_lost("a challenge of the primary moved the call to the secondary");
}

void challenges_change_nothing(const Phone& phone, Judge& judge) {
  each<attempts, registers_through_challenge>(phone, judge);
  each<calls, calls_through_challenge>(phone, judge);
}

const std::array guide_authentication{
    Rule{.row = {.id = "GRP-AUTH-01",
                 .clause = "guide, last note",
                 .severity = Severity::vendor,
                 .sentence = "The device works without being challenged.",
                 .observed = "In a run without any 401 or 407 a registration is accepted, and "
                             "every dial while it holds puts an INVITE on the wire; credentials "
                             "that nobody asked for are remarked.",
                 .tolerance = "policy: 10 s"},
         .needs = {"a registration that is accepted without any challenge"},
         .judge = works_without_challenge},
    Rule{
        .row =
            {.id = "GRP-AUTH-02",
             .clause = "guide, Cases 1 and 2; RFC 3261 §22",
             .severity = Severity::quality,
             .sentence =
                 "With challenges the device behaves at both servers as it does without them.",
             .observed =
                 "A challenged registration attempt goes on to its end, and a challenged INVITE is "
                 "sent again to the same server: no challenge counts as a failure of the server."},
        .needs = {"a REGISTER or INVITE that is challenged", Blame::harness},
        .judge = challenges_change_nothing},
};

}  // namespace

std::span<const Rule> guide_authentication_rules() {
  return guide_authentication;
}

}  // namespace sipharness::check
