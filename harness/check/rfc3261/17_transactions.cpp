// Client transactions: what is sent again, when, and when it stops.
// @source RFC 3261 §17.1.1.2 (Timers A, B), §17.1.2.2 (Timers E, F)

#include "harness/base/counted.hpp"
#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/observed_t1.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/split_requests.hpp"

namespace sipharness::check {
namespace {

// --- When it is sent again -----------------------------------------------------------------------

/// Nothing came before the timeout, and the device had no reason to stop before.
bool had_to_send_to_the_end(const Phone& phone, const Transaction& transaction) {
  return went_without(phone, transaction, transaction.first_response) &&
         !was_left_early(phone, transaction) && !may_be_lost_on_the_way(phone) &&
         !may_be_hung_up(phone, transaction);
}

/// A device may be set to fewer retransmissions (AMB-17): its profile would say so, and does not
/// know its timers at all.
bool may_be_set_to_fewer(const Phone& phone, std::size_t seen) {
  return !phone.profile.knows_timers && seen > 1;
}

template <auto back_off_of>
void backs_off(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  const BackOff back_off = back_off_of(phone);
  const Copies copies{transaction.server, unanswered_sends(phone, transaction),
                      std::string(opening(phone, transaction).sip.method_text())};
  // What the capture joined late says nothing of the intervals before.
  if (copies.messages.size() > 1 && may_have_begun_unseen(phone, transaction)) return;
  if (!judge_intervals(phone, copies, back_off, it)) return;
  if (!had_to_send_to_the_end(phone, transaction)) return;
  const std::size_t seen = copies.messages.size();
  const std::size_t expected = full_count(phone, back_off);
  if (seen < expected)
    violated_if_known(
        it.about(transaction), !may_be_set_to_fewer(phone, seen), "max_request_retries",
        fmt::format("{} before the timeout, {} expected", counted(seen, "transmission"), expected));
}

// --- When it stops -------------------------------------------------------------------------------

void ends_at_its_timeout(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  if (!runs_into_its_timeout(phone, transaction)) return;
  const CaptureTime timeout = timeout_of(phone, transaction);
  const auto tolerance = timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
  const CaptureTime last = phone.at(transaction.sends.back());
  const std::string after = format_seconds(last - start_of(phone, transaction));
  const Duration longest = longest_t1(phone, transaction) - phone.profile.timers.t1;
  if (last > timeout + tolerance.value)
    violated_if_known(it, last > timeout + tolerance.value + 64 * longest || longest == 0s, "T1",
                      fmt::format("still sent {} after its first transmission", after));
  else if (!transaction.acks.empty() && !transaction.final)
    it.fail("an ACK for an INVITE that was never answered");
  else
    it.pass("{} ended: last sent {} after its first transmission",
            opening(phone, transaction).sip.method_text(), after);
}

// --- What is sent again --------------------------------------------------------------------------

/// What recurs is the device's doing; a second one may follow a response that the capture lacks.
void judge_split_request(const Phone& phone, const SplitRequest& split, Occurrence& it) {
  const std::string seen =
      fmt::format("{} with the same CSeq, each with a branch of its own",
                  counted(split.size(), opening(phone, *split.front()).sip.method_text()));
  if (split.size() > 2)
    it.violated(seen);
  else
    it.violated_unless_lost(seen);
}

void same_bytes_again(const Phone& phone, Judge& judge) {
  each<split_requests, judge_split_request>(phone, judge);
  std::size_t repeated = 0;
  bool all_same = true;
  Evidence first;
  for (const Transaction* transaction : client_transactions(phone)) {
    if (transaction->sends.size() < 2) continue;
    if (repeated++ == 0) first = evidence_of(phone, *transaction);
    if (transaction->identical) continue;
    all_same = false;
    Occurrence(phone, judge, *transaction)
        .in_itself()
        .violated("a retransmission differs from the original");
  }
  if (repeated > 0 && all_same)
    judge.pass(first, counted(repeated, "request") + " sent again byte by byte");
}

// --- Who kept it from being seen -----------------------------------------------------------------

/// By when two retransmissions are due.
Duration two_copies(const Phone& phone) {
  return 3 * phone.profile.timers.t1 + timer_tolerance(phone, 2 * phone.profile.timers.t1).value;
}

Duration sixty_four_t1(const Phone& phone) {
  return phone.profile.timers.sixty_four_t1();
}

/// The device itself ended what had to be silent for so long.
template <auto is_silent, auto silence>
bool ends_early(const Phone& phone) {
  return is_silent(phone, silence(phone));
}

bool withholds_copies(const Phone& phone) {
  return has_silent_invite(phone, two_copies(phone)) ||
         has_silent_non_invite(phone, two_copies(phone));
}

const std::array rfc3261_17_transaction{
    Rule{.row = {.id = "RFC3261-TX-BYTEID",
                 .clause = "RFC 3261 §17.1.1.2, §17.1.2.2",
                 .severity = Severity::must,
                 .sentence = "A retransmission is the same message again.",
                 .observed = "All transmissions of one client transaction over UDP are identical "
                             "byte for byte, its branch included: a request is not sent again on "
                             "another branch while its transaction lives."},
         .needs = {"a request that was sent again", Blame::harness, withholds_copies},
         .judge = same_bytes_again,
         .follows = {"RFC3261-GEN-03", "RFC3261-GEN-04"}},
    Rule{.row = {.id = "RFC3261-TIMER-A",
                 .clause = "RFC 3261 §17.1.1.2",
                 .severity = Severity::must,
                 .sentence = "Over UDP an INVITE without a response is resent after T1 and then at "
                             "intervals that double, without the cap of T2.",
                 .observed = "The intervals between transmissions are T1, 2*T1, 4*T1 up to 32*T1: "
                             "seven transmissions if nothing is heard until timer B.",
                 .tolerance = "profile: timer"},
         .needs = {"an INVITE without response for at least two retransmissions", Blame::harness,
                   ends_early<has_silent_invite, two_copies>},
         .judge = each<udp_invites, backs_off<doubling>>,
         .follows = {"RFC3261-TX-BYTEID"}},
    Rule{.row = {.id = "RFC3261-TIMER-B",
                 .clause = "RFC 3261 §17.1.1.2",
                 .severity = Severity::should,
                 .sentence = "An INVITE transaction without a response ends 64*T1 after its start, "
                             "without ACK.",
                 .observed = "No message with the branch of that INVITE is sent later than 64*T1 "
                             "after the first transmission, and no ACK at all.",
                 .tolerance = "profile: timer"},
         .needs = {"a request without response for 64 x T1", Blame::harness,
                   ends_early<has_silent_invite, sixty_four_t1>, leaves_calls_early},
         .unless = leaves_early,
         .judge = each<udp_invites, ends_at_its_timeout>},
    Rule{.row = {.id = "RFC3261-TIMER-E",
                 .clause = "RFC 3261 §17.1.2.2",
                 .severity = Severity::must,
                 .sentence = "Over UDP any other request without a response is resent after T1 and "
                             "then at intervals that double up to T2.",
                 .observed = "The intervals between transmissions are T1, 2*T1, 4*T1 and so on, "
                             "none above T2: eleven transmissions for 0.5 s and 4 s.",
                 .tolerance = "profile: timer"},
         .needs = {"a non-INVITE request without response for at least two retransmissions",
                   Blame::harness, ends_early<has_silent_non_invite, two_copies>},
         .judge = each<udp_non_invites, backs_off<doubling_to_t2>>,
         .follows = {"RFC3261-TX-BYTEID"}},
    Rule{.row = {.id = "RFC3261-TIMER-F",
                 .clause = "RFC 3261 §17.1.2.2",
                 .severity = Severity::should,
                 .sentence = "A transaction other than INVITE without a final response ends 64*T1 "
                             "after its start, also after a provisional response.",
                 .observed = "No message with the branch of that request is sent later than 64*T1 "
                             "after the first transmission.",
                 .tolerance = "profile: timer"},
         .needs = {"a request without response for 64 x T1", Blame::harness,
                   ends_early<has_silent_non_invite, sixty_four_t1>},
         .unless = leaves_early,
         .judge = each<udp_non_invites, ends_at_its_timeout>},
};

}  // namespace

std::span<const Rule> rfc3261_17_transaction_rules() {
  return rfc3261_17_transaction;
}

}  // namespace sipharness::check
