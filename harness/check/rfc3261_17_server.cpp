// Server transactions of the device: how soon it says anything, how often it repeats a refusal, and
// what it answers to what comes twice.
// @source RFC 3261 §17.2.1 (100, Timers G, H, I), §17.2.2 (Timer J)

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using verdict::Blame;

/// §17.2.1: a 100 must come unless an answer comes within this.
constexpr Duration time_to_say_something = 200ms;
/// policy: how soon a repeated request is answered.
constexpr Duration time_to_repeat = 500ms;

/// What did not come may have been lost where this capture does not look.
bool may_have_missed(const Phone& phone) {
  return phone.trace.vantage != trace::Vantage::device;
}

void blame_the_network(Judge& judge, const Evidence& evidence) {
  judge.inconclusive(evidence, Blame::network,
                     "not captured at the device: what arrived there is not known");
}

// --- The first word ------------------------------------------------------------------------------

void says_something_soon(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE of a server", Blame::harness);
  const auto tolerance = timer_tolerance(phone, time_to_say_something);
  for (const Transaction& invite : transactions(phone)) {
    if (!is_from_server(invite) || invite.method != Method::invite) continue;
    const CaptureTime asked = opening(phone, invite).at;
    const CaptureTime limit = asked + time_to_say_something + tolerance.value;
    const std::optional<std::size_t> first = invite.first_response;
    if (was_unreachable(phone, invite) || (!first && phone.trace.last <= limit)) continue;
    Evidence evidence = evidence_of(phone, invite);
    const bool is_late = !first || phone.at(*first) > limit;
    if (is_late && may_have_missed(phone)) {
      blame_the_network(judge, evidence);
    } else if (!first) {
      judge.violated(evidence, "an INVITE that drew no response at all");
    } else {
      evidence.messages = {invite.sends.front(), *first};
      judge.within(evidence,
                   {.start = asked,
                    .end = phone.at(*first),
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
std::vector<const Transaction*> refused_invites(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& invite : transactions(phone)) {
    const bool is_refused = is_from_server(invite) && invite.method == Method::invite &&
                            invite.final && phone.message(*invite.final).sip.status() >= 300;
    if (is_refused && opening(phone, invite).transport == Transport::udp &&
        !was_asked_again(phone, invite) && !was_unreachable(phone, invite))
      found.push_back(&invite);
  }
  return found;
}

CaptureTime timer_h_of(const Phone& phone, const Transaction& refused) {
  return phone.at(*refused.final) + phone.profile.timers.sixty_four_t1();
}

verdict::Tolerance timeout_tolerance(const Phone& phone) {
  return timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
}

/// No ACK came until Timer H, and the capture goes on beyond it.
bool was_never_acknowledged(const Phone& phone, const Transaction& refused) {
  const CaptureTime over = timer_h_of(phone, refused) + timeout_tolerance(phone).value;
  return refused.acks.empty() && phone.trace.last > over;
}

void refusal_is_repeated(const Phone& phone, Judge& judge) {
  judge.needs("a refused INVITE whose ACK is withheld for two repeats of the refusal",
              Blame::harness);
  const BackOff back_off = doubling_to_t2(phone);
  for (const Transaction* refused : refused_invites(phone)) {
    Copies copies{refused->server, copies_of_final(phone, *refused),
                  describe_final(phone, *refused)};
    if (!refused->acks.empty())
      std::erase_if(copies.messages, [&](std::size_t copy) {
        return phone.at(copy) > phone.at(refused->acks.front());
      });
    judge_intervals(phone, judge, copies, back_off);
    const std::size_t expected = full_count(phone, back_off);
    // §17.2.1: a transport error ends the transaction.
    const bool was_cut_short = transport_failure(phone, refused->server, phone.at(*refused->final),
                                                 timer_h_of(phone, *refused))
                                   .has_value();
    if (was_never_acknowledged(phone, *refused) && !was_cut_short &&
        !may_be_lost_on_the_way(phone) && copies.messages.size() < expected)
      judge.violated(evidence_of(phone, *refused),
                     fmt::format("{} sent {} times without ACK, {} expected", copies.what,
                                 copies.messages.size(), expected));
  }
}

void refusal_is_given_up(const Phone& phone, Judge& judge) {
  judge.needs("a refused INVITE whose ACK never comes", Blame::harness);
  for (const Transaction* refused : refused_invites(phone)) {
    if (!was_never_acknowledged(phone, *refused)) continue;
    const std::size_t last = copies_of_final(phone, *refused).back();
    judge.within(
        {refused->server, phone.message(last).sip.call_id(), {*refused->final, last}},
        {.start = phone.at(*refused->final),
         .end = phone.at(last),
         .window = {.max = phone.profile.timers.sixty_four_t1() + timeout_tolerance(phone).value},
         .tolerance = timeout_tolerance(phone)},
        fmt::format("last {} without ACK", describe_final(phone, *refused)));
  }
}

void ack_ends_the_repeats(const Phone& phone, Judge& judge) {
  judge.needs("a refused INVITE that is acknowledged", Blame::harness);
  for (const Transaction* refused : refused_invites(phone)) {
    if (refused->acks.empty()) continue;
    const CaptureTime acknowledged = phone.at(refused->acks.front());
    // One more interval at least must have passed in silence.
    if (phone.trace.last < acknowledged + phone.profile.timers.t2) continue;
    const std::size_t last = copies_of_final(phone, *refused).back();
    Evidence evidence = evidence_of(phone, *refused);
    evidence.messages = {refused->acks.front(), last};
    const bool goes_on = phone.at(last) > acknowledged + in_flight;
    if (goes_on && may_have_missed(phone))
      blame_the_network(judge, evidence);
    else if (goes_on)
      judge.violated(evidence,
                     fmt::format("{} sent again {} after its ACK", describe_final(phone, *refused),
                                 format_seconds(phone.at(last) - acknowledged)));
    else
      judge.pass(evidence,
                 fmt::format("{} not sent again after its ACK", describe_final(phone, *refused)));
  }
}

// --- The same request again ----------------------------------------------------------------------

/// The answer to the copy of a request that arrived as message `send`, if it came in time.
std::optional<std::size_t> answer_to(const Phone& phone, const Transaction& transaction,
                                     std::size_t send) {
  for (const std::size_t response : transaction.responses)
    if (phone.at(response) >= phone.at(send) &&
        phone.at(response) <= phone.at(send) + time_to_repeat)
      return response;
  return std::nullopt;
}

void judge_repeat(const Phone& phone, Judge& judge, const Transaction& transaction,
                  std::size_t send) {
  const auto answer = answer_to(phone, transaction, send);
  Evidence evidence = evidence_of(phone, transaction);
  evidence.messages = {*transaction.final, send};
  const std::string after = format_seconds(phone.at(send) - opening(phone, transaction).at);
  if (!answer && may_have_missed(phone)) return blame_the_network(judge, evidence);
  if (!answer)
    return judge.violated(evidence, fmt::format("{} repeated after {} drew no response",
                                                describe_final(phone, transaction), after));
  evidence.messages.push_back(*answer);
  if (phone.message(*answer).sip.bytes() != phone.message(*transaction.final).sip.bytes())
    return judge.violated(
        evidence, fmt::format("the copy after {} drew another response than the first {}", after,
                              describe_final(phone, transaction)));
  judge.pass(evidence, fmt::format("the copy after {} drew the same {}", after,
                                   describe_final(phone, transaction)));
}

void same_answer_to_the_same_request(const Phone& phone, Judge& judge) {
  judge.needs("a request of a server, not an INVITE, that comes again once it was answered",
              Blame::harness);
  const Duration early = timeout_tolerance(phone).value / 2;
  for (const Transaction& transaction : transactions(phone)) {
    const bool counts = is_from_server(transaction) && transaction.method != Method::invite &&
                        transaction.final &&
                        opening(phone, transaction).transport == Transport::udp;
    if (!counts || was_unreachable(phone, transaction)) continue;
    const CaptureTime until = timer_h_of(phone, transaction) - early;
    for (const std::size_t send : transaction.sends) {
      const CaptureTime at = phone.at(send);
      if (at > phone.at(*transaction.final) && at < until && phone.trace.last > at + time_to_repeat)
        judge_repeat(phone, judge, transaction, send);
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
