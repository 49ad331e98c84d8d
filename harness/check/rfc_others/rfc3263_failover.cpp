// Locating a server that has a name, and trying the next one.
// @source RFC 3263 §4.2, §4.3; RFC 3261 §8.1.2

#include "harness/check/failover/move.hpp"
#include "harness/check/families.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/lookups.hpp"
#include "harness/observed/srv_answers.hpp"

namespace sipharness::check {
namespace {

void judge_no_next_server(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  const SilentPrimary* stayed = given_up(phone, *signal.call);
  const std::string seen = fmt::format("no next server after {}", signal.kind);
  if (stayed != nullptr && signal.kind == timeout_signal)
    it.inconclusive(Blame::user, given_up_or_left(phone, *stayed));
  else if (signal.kind != timeout_signal && signal.primary != nullptr &&
           may_be_hung_up_by(phone, *signal.primary, signal.at))
    it.inconclusive(Blame::user, "{}{}", seen, hung_up_unseen);
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
  if (may_be_next_try(phone, signal, it)) return;
  const CaptureTime reached = reached_at(phone, *signal.secondary);
  if (signal.primary != nullptr && share_a_branch(phone, *signal.primary, *signal.secondary))
    it.violated("the next server got the INVITE with the same branch");
  else if (reached > deadline)
    it.violated("next server {} after {}", format_seconds(reached - signal.at), signal.kind);
  else
    it.pass("next server tried after {}, with a new branch", signal.kind);
}

void begins_a_new_transaction(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* primary = call.leg(ServerRole::primary);
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (primary == nullptr || secondary == nullptr) return;
  it.about(evidence_of_both(phone, *primary, secondary))
      .expect(!share_a_branch(phone, *primary, *secondary), "a branch of its own at each server",
              "the same branch at both servers");
}

// --- Where a name leads --------------------------------------------------------------------------

void is_looked_up_as_given(const Phone& /*phone*/, const NamedServer& named, Occurrence& it) {
  const auto& [server, request, wanted, seen] = named;
  const std::string given =
      server->by_srv ? *server->host : fmt::format("{}:{}", *server->host, server->port);
  if (wanted != nullptr)
    it.pass("{} looked up by {}", given, dns::to_string(wanted->message.type));
  else if (seen != nullptr)
    it.violated("{} has no port, and was looked up by {} alone", given,
                dns::to_string(seen->message.type));
  else
    it.inconclusive(Blame::device,
                    "{} was not looked up in this capture: the device knew it already", given);
}

// --- Which of its machines -----------------------------------------------------------------------

void begins_with_the_first_target(const Phone& phone, const SrvAnswer& answer, Occurrence& it) {
  const Message* first = first_try(phone, answer);
  if (first == nullptr || !answer.is_complete ||
      answer.machines.front().priority == answer.machines.back().priority)
    return;
  const std::uint16_t priority = answer.machine_at(first->destination)->priority;
  const std::string seen =
      fmt::format("{} of {} with priority {}", first->destination.text(), answer.service, priority);
  if (priority == answer.machines.front().priority) return it.pass("first " + seen);
  const SrvMachine* before = passed_over(phone, answer, *first, priority);
  if (before == nullptr) return;
  const std::string wrong =
      fmt::format("first {}, before {} with {}", seen, before->endpoint.text(), before->priority);
  it.violated_if(phone.trace.has_journal(), wrong, Blame::user,
                 "; what the device knew before the capture began would tell why: capture from its "
                 "start");
}

// --- The next of its machines --------------------------------------------------------------------

void goes_on_to_the_next_target(const Phone& phone, const RegisterAttempt& attempt,
                                Occurrence& it) {
  const Message& failed = opening(phone, last_of(phone, attempt));
  const SrvAnswer* answer = answer_behind(phone, failed);
  if (answer == nullptr || !has_failed_there(phone, attempt)) return;
  const Message* next = next_register(phone, *answer, failed);
  if (next == nullptr) return;
  it.cite(next);
  if (next->destination != failed.destination)
    it.pass("after {} the next REGISTER goes to {}, another target of {}",
            failed.destination.text(), next->destination.text(), answer->service);
  else if (may_try_another(phone, *answer, failed))
    it.violated("{} did not answer, and was tried again before another target of {}",
                failed.destination.text(), answer->service);
}

const std::array rfc3263_failover{
    Rule{.row = {.id = "RFC3263-04",
                 .clause = "RFC 3263 §4.1, §4.2",
                 .severity = Severity::should,
                 .sentence = "A name with a port is looked up by A or AAAA, a name alone by SRV.",
                 .observed = "Before its first REGISTER for a name without a port the device asks "
                             "for SRV of its services, for a name with one for A or AAAA. NAPTR "
                             "before, or SRV beside a port, are not held against it."},
         .needs = {"a REGISTER for a server that the scenario gives by name", Blame::harness},
         .judge = each<named_servers, is_looked_up_as_given>},
    Rule{.row = {.id = "RFC3263-06",
                 .clause = "RFC 3263 §4.2; RFC 2782",
                 .severity = Severity::should,
                 .sentence = "Of the targets of an SRV record that with the lowest priority is "
                             "tried first.",
                 .observed = "The first REGISTER or new INVITE to any target after the answer goes "
                             "to one with the lowest priority, unless such a one was tried before. "
                             "Weights are not judged."},
         .needs = {"an SRV answer with targets of several priorities, and a request to one",
                   Blame::harness},
         .judge = each<srv_answers, begins_with_the_first_target>},
    Rule{.row = {.id = "FO-DNS-SRV",
                 .clause = "RFC 3263 §4.3",
                 .severity = Severity::should,
                 .sentence = "When a target of an SRV record does not answer, the next one is "
                             "tried before it is asked again.",
                 .observed = "After a REGISTER without any response, or with 503, the next one to "
                             "a target of the record goes to another machine, unless all others "
                             "were tried already."},
         .needs = {"a REGISTER that fails at one of several targets", Blame::harness},
         .judge = each<attempts, goes_on_to_the_next_target>},
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
  return rfc3263_failover;
}

}  // namespace sipharness::check
