// The guide's behaviour without any challenge, and the same behaviour with them.
// @source guide.txt, last note; requirements AMB-12

#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_messages.hpp"
#include "harness/observed/unplaced_calls.hpp"

namespace sipharness::check {
namespace {

// --- Without any challenge -----------------------------------------------------------------------

void judge_first_binding(const Phone& phone, ServerRole server, Occurrence& it) {
  const RegisterAttempt* bound = first_bound(phone, server);
  if (bound == nullptr) return;
  const Transaction& request = transactions(phone)[bound->transactions.back()];
  const bool is_unsolicited = !credentials_in(opening(phone, request).sip).empty();
  it.about(*bound).pass("registered at the {} without a challenge{}", to_string(server),
                        is_unsolicited ? ", with credentials nobody asked for" : "");
}

void judge_unplaced_call(const Phone& phone, const CallGroup& call, Occurrence& it) {
  for (const ServerRole server : both_servers)
    if (may_call(phone, server, *call.dialled))
      it.about(server).violated(
          "no INVITE for the call to {} although it is registered at the {}, which asked for no "
          "credentials",
          call.number, to_string(server));
}

void works_without_challenge(const Phone& phone, Judge& judge) {
  if (is_ever_challenged(phone)) return;
  // Dials that came to nothing are told by a journal alone.
  if (!phone.trace.has_journal() && invites_of_device(phone).empty())
    return judge.needs("a call after a registration without any challenge");
  each<two_servers, judge_first_binding>(phone, judge);
  each<unplaced_calls, judge_unplaced_call>(phone, judge);
}

// --- The same with challenges --------------------------------------------------------------------

void registers_through_challenge(const Phone& phone, const RegisterAttempt& attempt,
                                 Occurrence& it) {
  if (!has_challenge(phone, attempt.transactions)) return;
  const std::string_view server = to_string(attempt.server);
  if (attempt.ok) return it.pass("registered at the {} through a challenge", server);
  const Challenged* end = challenge_that_ended(phone, attempt.transactions);
  if (end == nullptr) return;
  const std::string seen = fmt::format("a challenge ended the attempt at the {}", server);
  const AnswerDue due = answer_due(phone, *end);
  if (due == AnswerDue::yes)
    it.violated_unless_lost(seen);
  else if (due == AnswerDue::with_a_password)
    violated_if_known(it, false, "whether the device has a password", seen);
}

/// A challenge is an answer: it moves no call (AMB-3). What the server does after it may.
void calls_through_challenge(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* primary = call.leg(ServerRole::primary);
  if (primary == nullptr || !has_challenge(phone, primary->invites)) return;
  const Leg* secondary = call.leg(ServerRole::secondary);
  const Challenged* end = challenge_that_ended(phone, primary->invites);
  if (end == nullptr)
    it.about(*primary).pass("the call went on through a challenge");
  else if (secondary != nullptr && awaits_answer(phone, *end->refused, end->challenge->at) &&
           reached_at(phone, *secondary) >= end->challenge->at)
    it.about(*secondary)
        .violated_unless_lost("a challenge of the primary moved the call to the secondary");
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
        .judge = in_turn<each<attempts, registers_through_challenge>,
                         each<calls, calls_through_challenge>>},
};

}  // namespace

std::span<const Rule> guide_authentication_rules() {
  return guide_authentication;
}

}  // namespace sipharness::check
