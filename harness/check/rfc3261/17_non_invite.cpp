// Non-INVITE client transactions between their first response and their end.
// @source RFC 3261 §17.1.2.1, §17.1.2.2 (Timers E in Proceeding, K)

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/attempt_of.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

// --- Timer E after a provisional response --------------------------------------------------------

/// When the repetitions were over: the final response, Timer F, or the end of what was seen.
CaptureTime end_of_repetitions(const Phone& phone, const Transaction& transaction) {
  const CaptureTime end = std::min(timeout_of(phone, transaction), phone.trace.last);
  return transaction.final ? std::min(end, phone.at(*transaction.final)) : end;
}

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
    it.about(evidence_of(phone, transaction))
        .violated(fmt::format("{} not sent again after its provisional response", method));
}

// --- Timer K -------------------------------------------------------------------------------------

/// A refresh may rightly be due while copies of the last answer are still absorbed.
bool is_refreshed_within_t4(const Phone& phone, const Transaction& transaction) {
  const RegisterAttempt* attempt = attempt_of(phone, transaction);
  const Duration window = phone.profile.timers.t4 + policy::reaction_to_repeated_response;
  return attempt != nullptr && attempt->granted && *attempt->granted < 2 * window &&
         &transactions(phone)[attempt->transactions.back()] == &transaction;
}

/// Copies of the 2xx within T4 of the first one.
std::vector<std::size_t> absorbed_copies(const Phone& phone, const Transaction& transaction) {
  std::vector<std::size_t> copies;
  if (!is_accepted(phone, transaction)) return copies;
  const CaptureTime end = phone.at(*transaction.final) + phone.profile.timers.t4;
  for (const std::size_t response : transaction.responses)
    if (response > *transaction.final && phone.message(response).sip.is_final() &&
        phone.at(response) < end &&
        phone.trace.last > phone.at(response) + policy::reaction_to_repeated_response)
      copies.push_back(response);
  return copies;
}

/// A new request of the kind, with the same Call-ID, right after a copy of the answer.
const Transaction* reaction_to(const Phone& phone, const Transaction& transaction,
                               std::size_t copy) {
  const CaptureTime end = phone.at(copy) + policy::reaction_to_repeated_response;
  const auto& alike = client_transactions_like(phone, transaction);
  for (auto later = std::ranges::upper_bound(
           alike, copy, {}, [](const Transaction* other) { return other->sends.front(); });
       later != alike.end() && start_of(phone, **later) < end; ++later)
    if ((*later)->server == transaction.server) return *later;
  return nullptr;
}

void absorbs_repeated_answers(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  if (is_refreshed_within_t4(phone, transaction)) return;
  const auto copies = absorbed_copies(phone, transaction);
  for (const std::size_t copy : copies)
    if (const Transaction* reaction = reaction_to(phone, transaction, copy))
      return it.cite(copy)
          .cite(reaction->sends.front())
          .violated(fmt::format("a new {} after the answer to the last came again",
                                to_string(transaction.method)));
  if (!copies.empty())
    it.cite(copies.back())
        .pass(fmt::format("an answer to {} that came again had no effect",
                          to_string(transaction.method)));
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
