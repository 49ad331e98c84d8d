// Server transactions of the device: how soon it says anything, how often it repeats a refusal, and
// what it answers to what comes twice.
// @source RFC 3261 §17.2.1 (100, Timers G, H, I), §17.2.2 (Timer J)

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/incoming.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Transaction;
using verdict::Blame;

/// §17.2.1: a 100 must come unless an answer comes within this.
constexpr Duration time_to_say_something = 200ms;
/// policy: how soon a repeated request is answered.
constexpr Duration time_to_repeat = 500ms;

/// What did not come may have been lost where this capture does not look.
bool may_have_missed(const Context& context) {
  return context.trace.vantage != trace::Vantage::device;
}

void blame_the_network(Judge& judge, const Evidence& evidence) {
  judge.inconclusive(evidence, Blame::network,
                     "not captured at the device: what arrived there is not known");
}

// --- The first word ------------------------------------------------------------------------------

void says_something_soon(const Context& context, Judge& judge) {
  judge.needs("an INVITE of a server", Blame::harness);
  const auto tolerance = timer_tolerance(context, time_to_say_something);
  for (const Transaction& invite : context.transactions) {
    if (!is_from_server(invite) || invite.method != Method::invite) continue;
    const CaptureTime asked = context.opening(invite).at;
    const CaptureTime limit = asked + time_to_say_something + tolerance.value;
    const std::optional<std::size_t> first = invite.first_response;
    if (was_unreachable(context, invite) || (!first && context.trace.last <= limit)) continue;
    Evidence evidence = evidence_of(context, invite);
    const bool is_late = !first || context.at(*first) > limit;
    if (is_late && may_have_missed(context)) {
      blame_the_network(judge, evidence);
    } else if (!first) {
      judge.violated(evidence, "an INVITE that drew no response at all");
    } else {
      evidence.messages = {invite.sends.front(), *first};
      judge.within(evidence,
                   {.start = asked,
                    .end = context.at(*first),
                    .window = {.max = time_to_say_something + tolerance.value},
                    .tolerance = tolerance,
                    .host_produced = true},
                   "first response to an INVITE");
    }
  }
}

// --- Refusals until their ACK --------------------------------------------------------------------

/// INVITEs that the device refused over UDP and that nobody sent again afterwards: then only its
/// timers make it repeat the refusal.
std::vector<const Transaction*> refused_invites(const Context& context) {
  std::vector<const Transaction*> found;
  for (const Transaction& invite : context.transactions) {
    const bool is_refused = is_from_server(invite) && invite.method == Method::invite &&
                            invite.final && context.message(*invite.final).sip.status() >= 300;
    if (is_refused && context.opening(invite).transport == Transport::udp &&
        !was_asked_again(context, invite) && !was_unreachable(context, invite))
      found.push_back(&invite);
  }
  return found;
}

CaptureTime timeout_of(const Context& context, const Transaction& refused) {
  return context.at(*refused.final) + context.profile.timers.sixty_four_t1();
}

verdict::Tolerance timeout_tolerance(const Context& context) {
  return timer_tolerance(context, context.profile.timers.sixty_four_t1());
}

/// No ACK came until Timer H, and the capture goes on beyond it.
bool was_never_acknowledged(const Context& context, const Transaction& refused) {
  const CaptureTime over = timeout_of(context, refused) + timeout_tolerance(context).value;
  return refused.acks.empty() && context.trace.last > over;
}

void refusal_is_repeated(const Context& context, Judge& judge) {
  judge.needs("a refused INVITE whose ACK is withheld for two repeats of the refusal",
              Blame::harness);
  const BackOff back_off = doubling_to_t2(context);
  for (const Transaction* refused : refused_invites(context)) {
    Copies copies{refused->server, copies_of_final(context, *refused),
                  describe_final(context, *refused)};
    if (!refused->acks.empty())
      std::erase_if(copies.messages, [&](std::size_t copy) {
        return context.at(copy) > context.at(refused->acks.front());
      });
    judge_intervals(context, judge, copies, back_off);
    const std::size_t expected = full_count(context, back_off);
    // §17.2.1: a transport error ends the transaction.
    const bool was_cut_short =
        transport_failure(context, refused->server, context.at(*refused->final),
                          timeout_of(context, *refused))
            .has_value();
    if (was_never_acknowledged(context, *refused) && !was_cut_short &&
        !may_be_lost_on_the_way(context) && copies.messages.size() < expected)
      judge.violated(evidence_of(context, *refused),
                     fmt::format("{} sent {} times without ACK, {} expected", copies.what,
                                 copies.messages.size(), expected));
  }
}

void refusal_is_given_up(const Context& context, Judge& judge) {
  judge.needs("a refused INVITE whose ACK never comes", Blame::harness);
  for (const Transaction* refused : refused_invites(context)) {
    if (!was_never_acknowledged(context, *refused)) continue;
    const std::size_t last = copies_of_final(context, *refused).back();
    judge.within({refused->server, context.message(last).sip.call_id(), {*refused->final, last}},
                 {.start = context.at(*refused->final),
                  .end = context.at(last),
                  .window = {.max = context.profile.timers.sixty_four_t1() +
                                    timeout_tolerance(context).value},
                  .tolerance = timeout_tolerance(context)},
                 fmt::format("last {} without ACK", describe_final(context, *refused)));
  }
}

void ack_ends_the_repeats(const Context& context, Judge& judge) {
  judge.needs("a refused INVITE that is acknowledged", Blame::harness);
  for (const Transaction* refused : refused_invites(context)) {
    if (refused->acks.empty()) continue;
    const CaptureTime acknowledged = context.at(refused->acks.front());
    // One more interval at least must have passed in silence.
    if (context.trace.last < acknowledged + context.profile.timers.t2) continue;
    const std::size_t last = copies_of_final(context, *refused).back();
    Evidence evidence = evidence_of(context, *refused);
    evidence.messages = {refused->acks.front(), last};
    const bool goes_on = context.at(last) > acknowledged + in_flight;
    if (goes_on && may_have_missed(context))
      blame_the_network(judge, evidence);
    else if (goes_on)
      judge.violated(
          evidence, fmt::format("{} sent again {} after its ACK", describe_final(context, *refused),
                                format_seconds(context.at(last) - acknowledged)));
    else
      judge.pass(evidence,
                 fmt::format("{} not sent again after its ACK", describe_final(context, *refused)));
  }
}

// --- The same request again ----------------------------------------------------------------------

/// The answer to the copy of a request that arrived as message `send`, if it came in time.
std::optional<std::size_t> answer_to(const Context& context, const Transaction& transaction,
                                     std::size_t send) {
  for (const std::size_t response : transaction.responses)
    if (context.at(response) >= context.at(send) &&
        context.at(response) <= context.at(send) + time_to_repeat)
      return response;
  return std::nullopt;
}

void judge_repeat(const Context& context, Judge& judge, const Transaction& transaction,
                  std::size_t send) {
  const auto answer = answer_to(context, transaction, send);
  Evidence evidence = evidence_of(context, transaction);
  evidence.messages = {*transaction.final, send};
  const std::string after = format_seconds(context.at(send) - context.opening(transaction).at);
  if (!answer && may_have_missed(context)) return blame_the_network(judge, evidence);
  if (!answer)
    return judge.violated(evidence, fmt::format("{} repeated after {} drew no response",
                                                describe_final(context, transaction), after));
  evidence.messages.push_back(*answer);
  if (context.message(*answer).sip.bytes() != context.message(*transaction.final).sip.bytes())
    return judge.violated(
        evidence, fmt::format("the copy after {} drew another response than the first {}", after,
                              describe_final(context, transaction)));
  judge.pass(evidence, fmt::format("the copy after {} drew the same {}", after,
                                   describe_final(context, transaction)));
}

void same_answer_to_the_same_request(const Context& context, Judge& judge) {
  judge.needs("a request of a server, not an INVITE, that comes again once it was answered",
              Blame::harness);
  const Duration early = timeout_tolerance(context).value / 2;
  for (const Transaction& transaction : context.transactions) {
    const bool counts = is_from_server(transaction) && transaction.method != Method::invite &&
                        transaction.final &&
                        context.opening(transaction).transport == Transport::udp;
    if (!counts || was_unreachable(context, transaction)) continue;
    const CaptureTime until = timeout_of(context, transaction) - early;
    for (const std::size_t send : transaction.sends) {
      const CaptureTime at = context.at(send);
      if (at > context.at(*transaction.final) && at < until &&
          context.trace.last > at + time_to_repeat)
        judge_repeat(context, judge, transaction, send);
    }
  }
}

constexpr std::array table{
    Check{"RFC3261-UAS-100", says_something_soon},
    Check{"RFC3261-TIMER-G", refusal_is_repeated},
    Check{"RFC3261-TIMER-H", refusal_is_given_up},
    Check{"RFC3261-TIMER-I", ack_ends_the_repeats},
    Check{"RFC3261-TIMER-J", same_answer_to_the_same_request},
};

}  // namespace

std::span<const Check> rfc3261_17_server_checks() {
  return table;
}

}  // namespace sipharness::check
