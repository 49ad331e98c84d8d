// Non-INVITE client transactions between their first response and their end.
// @source RFC 3261 §17.1.2.1, §17.1.2.2 (Timers E in Proceeding, K)

#include <algorithm>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/repeated_answers.hpp"

namespace sipharness::check {
namespace {

// --- Timer E after a provisional response --------------------------------------------------------

/// A transmission was due and did not come.
bool lacks_transmission(const Phone& phone, const Transaction& transaction, CaptureTime due) {
  const Duration late = timer_tolerance(phone, phone.profile.timers.t2).value;
  return due + late < end_of_repetitions(phone, transaction) &&
         !was_left_early(phone, transaction) && !may_be_lost_on_the_way(phone);
}

void slows_to_t2(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  if (!transaction.provisional || transaction.provisional != transaction.first_response) return;
  const auto& sends = transaction.sends;
  const auto trying = static_cast<std::size_t>(
      std::ranges::upper_bound(sends, phone.at(*transaction.provisional), {},
                               [&](std::size_t send) { return phone.at(send); }) -
      sends.begin());
  if (trying == 0) return;  // the capture lacks the first transmission
  const std::string_view method = opening(phone, transaction).sip.method_text();
  // What Trying had armed still fires at its time; Proceeding arms T2.
  Duration nominal = doubling_to_t2(phone)(trying - 1);
  for (std::size_t send = trying; send < sends.size(); ++send) {
    if (!judge_interval(
            phone, {transaction.server, sends[send - 1], sends[send], nominal},
            fmt::format("{} transmission {} after the one before, in Proceeding", method, send + 1),
            it))
      return;
    nominal = phone.profile.timers.t2;
  }
  if (lacks_transmission(phone, transaction, phone.at(sends.back()) + nominal))
    it.about(transaction).violated("{} not sent again after its provisional response", method);
}

// --- Timer K -------------------------------------------------------------------------------------

void absorbs_repeated_answers(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  if (is_refreshed_within_t4(phone, transaction)) return;
  const auto copies = absorbed_copies(phone, transaction);
  for (const std::size_t copy : copies)
    if (const Transaction* reaction = reaction_to(phone, transaction, copy))
      return it.cite(copy)
          .cite(reaction->sends.front())
          .violated("a new {} after the answer to the last came again",
                    to_string(transaction.method));
  if (!copies.empty())
    it.cite(copies.back())
        .pass("an answer to {} that came again had no effect", to_string(transaction.method));
}

const std::array rfc3261_17_non_invite{
    Rule{.row = {.id = "RFC3261-TIMER-E-PROV",
                 .clause = "RFC 3261 §17.1.2.1, §17.1.2.2",
                 .severity = Severity::must,
                 .sentence = "After a provisional response a request other than INVITE is still "
                             "resent, at intervals of T2.",
                 .observed = "The transmission that was due when the provisional response came is "
                             "sent at its time, and every further one T2 after it, until a final "
                             "response or 64*T1.",
                 .tolerance = "profile: timer"},
         .needs = {"a non-INVITE request with nothing but a provisional response for longer than "
                   "T2",
                   Blame::harness},
         .judge = each<udp_non_invites, slows_to_t2>},
    Rule{.row = {.id = "RFC3261-TIMER-K",
                 .clause = "RFC 3261 §17.1.2.2",
                 .severity = Severity::must,
                 .sentence = "A repeated final response to a request other than INVITE has no "
                             "effect for T4.",
                 .observed = "A copy of a 2xx over UDP that comes within T4 of the first one is "
                             "followed by no new request of that kind with the same Call-ID within "
                             "a second.",
                 .tolerance = "policy: 1 s"},
         .needs = {"a 2xx to a non-INVITE request that comes again within T4", Blame::harness},
         .judge = each<udp_non_invites, absorbs_repeated_answers>},
};

}  // namespace

std::span<const Rule> rfc3261_17_non_invite_rules() {
  return rfc3261_17_non_invite;
}

}  // namespace sipharness::check
