// Server transactions of the device: how soon it responds, how often it repeats a refusal, and what
// it answers to what comes twice.
// @source RFC 3261 §17.2.1 (100, Timers G, H, I), §17.2.2 (Timer J)

#include <algorithm>

#include "harness/base/counted.hpp"
#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refusals.hpp"
#include "harness/observed/repeated_answers.hpp"
#include "harness/observed/server_faults.hpp"

namespace sipharness::check {
namespace {

/// §17.2.1: a 100 must come unless an answer comes within this.
constexpr Duration time_to_first_response = 200ms;

void blame_the_network(Occurrence& it) {
  it.inconclusive(Blame::network, "not captured at the device: what arrived there is not known");
}

Evidence evidence_of(const Phone& phone, const Transaction& transaction,
                     std::vector<std::size_t> messages) {
  return {transaction.server, opening(phone, transaction).sip.call_id(), std::move(messages)};
}

// --- The first response --------------------------------------------------------------------------

void responds_within_200ms(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (invite.method != Method::invite) return;
  const auto tolerance = timer_tolerance(phone, time_to_first_response);
  const Duration longest = time_to_first_response + tolerance.value;
  const CaptureTime asked = opening(phone, invite).at;
  const std::optional<std::size_t> first = invite.first_response;
  const CaptureTime limit = asked + longest;
  if (was_unreachable(phone, invite) || (!first && phone.trace.last <= limit)) return;
  const bool is_late = !first || phone.at(*first) > limit;
  if (is_late && !is_captured_at_device(phone)) return blame_the_network(it);
  if (!first) return it.violated("an INVITE that got no response at all");
  it.about(evidence_of(phone, invite, {invite.sends.front(), *first}))
      .within({.start = asked,
               .end = phone.at(*first),
               .window = {.max = longest},
               .tolerance = tolerance,
               .host_produced = true},
              "first response to an INVITE");
}

// --- Refusals until their ACK --------------------------------------------------------------------

void repeats_its_refusal(const Phone& phone, const Transaction& refused, Occurrence& it) {
  const BackOff back_off = doubling_to_t2(phone);
  Copies copies{refused.server, copies_of_final(phone, refused), describe_final(phone, refused)};
  if (!refused.acks.empty())
    std::erase_if(copies.messages, [&](std::size_t copy) {
      return phone.at(copy) > phone.at(refused.acks.front());
    });
  if (!judge_intervals(phone, copies, back_off, it)) return;
  const std::size_t expected = full_count(phone, back_off);
  // §17.2.1: a transport error ends the transaction.
  const bool was_cut_short =
      transport_failure(phone, refused.server, phone.at(*refused.final), timer_h_of(phone, refused))
          .has_value();
  if (was_never_acknowledged(phone, refused) && !was_cut_short && !may_be_lost_on_the_way(phone) &&
      copies.messages.size() < expected)
    it.about(evidence_of(phone, refused, copies.messages))
        .violated("{} sent {} without ACK, {} expected", copies.what, times(copies.messages.size()),
                  expected);
}

void gives_its_refusal_up(const Phone& phone, const Transaction& refused, Occurrence& it) {
  if (!was_never_acknowledged(phone, refused)) return;
  const auto tolerance = timeout_tolerance(phone);
  const std::size_t last = copies_of_final(phone, refused).back();
  it.about(evidence_of(phone, refused, {*refused.final, last}))
      .within({.start = phone.at(*refused.final),
               .end = phone.at(last),
               .window = {.max = phone.profile.timers.sixty_four_t1() + tolerance.value},
               .tolerance = tolerance},
              "last {} without ACK", describe_final(phone, refused));
}

void stops_with_the_ack(const Phone& phone, const Transaction& refused, Occurrence& it) {
  if (refused.acks.empty()) return;
  const std::size_t ack = refused.acks.front();
  // One more interval at least must have passed in silence.
  if (phone.trace.last < phone.at(ack) + phone.profile.timers.t2) return;
  const std::size_t last = copies_of_final(phone, refused).back();
  const Duration after = phone.at(last) - phone.at(ack);
  const bool goes_on = after > policy::round_trip_slack;
  it.about(evidence_of(phone, refused, {ack, last}));
  if (goes_on && !is_captured_at_device(phone)) return blame_the_network(it);
  const std::string what = describe_final(phone, refused);
  it.expect(!goes_on, what + " not sent again after its ACK",
            fmt::format("{} sent again {} after its ACK", what, format_seconds(after)));
}

// --- The same request again ----------------------------------------------------------------------

void judge_repeat(const Phone& phone, const Transaction& transaction, std::size_t send,
                  bool is_alone, Occurrence& it) {
  const auto answer = answer_to_copy(phone, transaction, send);
  const std::string after = format_seconds(phone.at(send) - opening(phone, transaction).at);
  const std::string what = describe_final(phone, transaction);
  it.about(evidence_of(phone, transaction, {*transaction.final, send}));
  if (!answer && !is_captured_at_device(phone)) return blame_the_network(it);
  // The answer to one copy among several is missing: a capture without a journal may lack it.
  if (!answer && is_alone && !phone.trace.has_journal())
    return it.inconclusive(Blame::network,
                           "{} repeated after {} got no response, the other copies did: the "
                           "capture may lack one",
                           what, after);
  if (!answer) return it.violated("{} repeated after {} got no response", what, after);
  const bool is_same =
      phone.message(*answer).sip.bytes() == phone.message(*transaction.final).sip.bytes();
  it.cite(answer).expect(
      is_same, fmt::format("the copy after {} got the same {}", after, what),
      fmt::format("the copy after {} got another response than the first {}", after, what));
}

void repeats_its_response(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  const auto copies = copies_to_answer(phone, transaction);
  const auto answered = std::ranges::count_if(copies, [&](std::size_t send) {
    return answer_to_copy(phone, transaction, send).has_value();
  });
  const bool is_alone = answered > 0 && static_cast<std::size_t>(answered) + 1 == copies.size();
  for (const std::size_t send : copies) judge_repeat(phone, transaction, send, is_alone, it);
}

const std::array rfc3261_17_server{
    Rule{.row = {.id = "RFC3261-UAS-100",
                 .clause = "RFC 3261 §17.2.1",
                 .severity = Severity::must,
                 .sentence = "The device answers an INVITE within 200 ms, if only with 100.",
                 .observed = "The first response to each INVITE of a server leaves within 200 ms.",
                 .tolerance = "profile: timer"},
         .needs = {"an INVITE of a server", Blame::harness},
         .judge = each<server_transactions, responds_within_200ms>},
    Rule{.row = {.id = "RFC3261-TIMER-G",
                 .clause = "RFC 3261 §17.2.1",
                 .severity = Severity::must,
                 .sentence = "Over UDP the device resends its refusal of an INVITE after T1 and "
                             "then at intervals that double up to T2, until the ACK comes.",
                 .observed = "The intervals between copies of a 3xx to 6xx to an INVITE without "
                             "ACK are T1, 2*T1, 4*T1 and so on, none above T2: eleven copies for "
                             "0.5 s and 4 s.",
                 .tolerance = "profile: timer"},
         .needs = {"a refused INVITE whose ACK is withheld for two repeats of the refusal",
                   Blame::harness},
         .judge = each<invites_refused_by_device, repeats_its_refusal>},
    Rule{.row = {.id = "RFC3261-TIMER-H",
                 .clause = "RFC 3261 §17.2.1",
                 .severity = Severity::must,
                 .sentence = "A refusal that is never acknowledged is given up after 64*T1.",
                 .observed = "No copy of it is sent later than 64*T1 after the first.",
                 .tolerance = "profile: timer"},
         .needs = {"a refused INVITE whose ACK never comes", Blame::harness},
         .judge = each<invites_refused_by_device, gives_its_refusal_up>},
    Rule{.row = {.id = "RFC3261-TIMER-I",
                 .clause = "RFC 3261 §17.2.1",
                 .severity = Severity::must,
                 .sentence = "A refusal that was acknowledged is not sent again.",
                 .observed = "No copy of it leaves more than 50 ms after its ACK reached the "
                             "device.",
                 .tolerance = "policy: 50 ms"},
         .needs = {"a refused INVITE that is acknowledged", Blame::harness},
         .judge = each<invites_refused_by_device, stops_with_the_ack>},
    Rule{.row = {.id = "RFC3261-TIMER-J",
                 .clause = "RFC 3261 §17.2.2",
                 .severity = Severity::must,
                 .sentence = "Over UDP a copy of an answered request other than INVITE gets the "
                             "same response again, for 64*T1.",
                 .observed = "Each copy that arrives in that time is answered within 500 ms, byte "
                             "for byte as the first time.",
                 .tolerance = "policy: 500 ms"},
         .needs = {"a request of a server, not an INVITE, that comes again once it was answered",
                   Blame::harness},
         .judge = each<server_transactions, repeats_its_response>},
};

}  // namespace

std::span<const Rule> rfc3261_17_server_rules() {
  return rfc3261_17_server;
}

}  // namespace sipharness::check
