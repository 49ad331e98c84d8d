// Trying the next server. @source RFC 3263 §4.3; RFC 3261 §8.1.2

#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

bool share_a_branch(const Phone& phone, const Leg& one, const Leg& other) {
  return opening(phone, invite_of(phone, one)).sip.branch() ==
         opening(phone, invite_of(phone, other)).sip.branch();
}

void judge_no_next_server(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  const SilentPrimary* stayed = given_up(phone, *signal.call);
  const std::string seen = fmt::format("no next server after {}", signal.kind);
  if (stayed != nullptr && signal.kind == timeout_signal)
    it.inconclusive(Blame::user, given_up_or_left(phone, *stayed));
  else if (signal.kind != timeout_signal && signal.primary != nullptr &&
           may_be_hung_up_by(phone, *signal.primary, signal.at))
    it.inconclusive(Blame::user, fmt::format("{}{}", seen, hung_up_unseen));
  else
    it.violated(seen);
}

void tries_the_next_server(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  const CaptureTime deadline = signal.at + phone.profile.tolerances.fo_grace;
  if (signal.secondary == nullptr) {
    if (const PossibleMove* move = possible_move_of(phone, *signal.call))
      return it.inconclusive(Blame::user, describe(phone, *move));
    if (phone.trace.last > deadline) judge_no_next_server(phone, signal, it);
    return;
  }
  const CaptureTime reached = reached_at(phone, *signal.secondary);
  if (signal.primary != nullptr && share_a_branch(phone, *signal.primary, *signal.secondary))
    it.violated("the next server got the INVITE with the same branch");
  else if (reached > deadline)
    it.violated(
        fmt::format("next server {} after {}", format_seconds(reached - signal.at), signal.kind));
  else
    it.pass(fmt::format("next server tried after {}, with a new branch", signal.kind));
}

void begins_a_new_transaction(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* primary = call.leg(ServerRole::primary);
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (primary == nullptr || secondary == nullptr) return;
  it.about(evidence_of_both(phone, *primary, secondary))
      .expect(!share_a_branch(phone, *primary, *secondary), "a branch of its own at each server",
              "the same branch at both servers");
}

const std::array rules{
    Rule{.row = {.id = "RFC3263-01",
                 .clause = "RFC 3263 §4.3; RFC 3261 §8.1.2",
                 .severity = Severity::should,
                 .sentence = "After a 503, a fatal transport error or a timeout without any "
                             "response, the device sends the request with a new branch to the next "
                             "server.",
                 .observed = "After each such failure of the INVITE at the primary, an INVITE of "
                             "the call with another branch reaches the secondary within fo_grace.",
                 .tolerance = "profile: fo_grace"},
         .needs = {.what = "a call that fails at the primary",
                   .blame = Blame::harness,
                   .waived = leaves_calls_early},
         .unless = leaves_early,
         .judge = each<failure_signals, tries_the_next_server>,
         .follows = {"GRP-CALL-03", "FO-DET-INV"}},
    Rule{.row = {.id = "RFC3263-03",
                 .clause = "RFC 3261 §8.1.2",
                 .severity = Severity::must,
                 .sentence = "Each try at another server is a new client transaction.",
                 .observed = "The INVITE to the secondary has a branch of its own, and its "
                             "retransmissions begin again at T1.",
                 .tolerance = "profile: timer"},
         .needs = {"a call with an INVITE at each server"},
         .judge = each<calls, begins_a_new_transaction>,
         .is_about_content = true},
};

}  // namespace

std::span<const Rule> rfc3263_failover_rules() {
  return rules;
}

}  // namespace sipharness::check
