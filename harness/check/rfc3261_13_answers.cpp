// What the device answers an INVITE with, and how long it stands by it: ringing, the 200 until its
// ACK, and copies on either side that mean nothing new.
// @source RFC 3261 §13.3.1.1, §13.3.1.4; RFC 6026 §7.1, §7.2, §8.7

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Direction;
using verdict::Blame;

/// §13.3.1.1: a response at least this often while it rings.
constexpr Duration ring_at_least_every = 60s;
/// policy: what follows a repeated 200 this soon follows from it.
constexpr Duration because_of = 2s;

bool is_success(const Phone& phone, const Transaction& invite) {
  return invite.final && phone.message(*invite.final).sip.is_success();
}

// --- Ringing -------------------------------------------------------------------------------------

/// RFC 3262: one that is acknowledged by itself need not come again every minute.
bool is_reliable(const sip::MessageView& response) {
  return response.header(sip::HeaderId::require).find("100rel") != std::string_view::npos;
}

std::vector<std::size_t> ringings(const Phone& phone, const Transaction& invite) {
  std::vector<std::size_t> found;
  for (const std::size_t response : invite.responses) {
    if (invite.final && response >= *invite.final) break;
    const sip::MessageView& sip = phone.message(response).sip;
    if (sip.status() > 100 && sip.is_provisional()) found.push_back(response);
  }
  return found;
}

/// The caller gave up, the device answered or was switched off, the capture ends.
CaptureTime ringing_ends(const Phone& phone, const Transaction& invite) {
  const trace::Message& first = opening(phone, invite);
  CaptureTime end = std::min(phone.trace.last, next_power_change(phone, first.at));
  if (invite.final) end = std::min(end, phone.at(*invite.final));
  for (const Transaction& cancel : transactions(phone))
    if (cancel.method == Method::cancel && is_from_server(cancel) &&
        opening(phone, cancel).sip.call_id() == first.sip.call_id())
      end = std::min(end, opening(phone, cancel).at);
  return end;
}

void judge_ringing(const Phone& phone, Judge& judge, const Transaction& invite) {
  const std::vector<std::size_t> rings = ringings(phone, invite);
  const CaptureTime end = ringing_ends(phone, invite);
  if (rings.empty() || is_reliable(phone.message(rings.front()).sip)) return;
  if (end <= phone.at(rings.front()) + ring_at_least_every) return;
  const auto tolerance = timer_tolerance(phone, ring_at_least_every);
  for (std::size_t i = 0; i < rings.size(); ++i) {
    const CaptureTime next = i + 1 < rings.size() ? phone.at(rings[i + 1]) : end;
    const bool is_late = next - phone.at(rings[i]) > ring_at_least_every + tolerance.value;
    const Evidence evidence{
        invite.server, opening(phone, invite).sip.call_id(), {invite.sends.front(), rings[i]}};
    if (is_late && may_be_lost_on_the_way(phone))
      judge.inconclusive(evidence, Blame::network,
                         "captured at the server: a 1xx may have been lost on the way");
    else
      judge.within(evidence,
                   {.start = phone.at(rings[i]),
                    .end = next,
                    .window = {.max = ring_at_least_every + tolerance.value},
                    .tolerance = tolerance},
                   "time from one 1xx to the next or to the end of ringing");
  }
}

void rings_every_minute(const Phone& phone, Judge& judge) {
  judge.needs("a call to the device that rings for more than a minute", Blame::user);
  for (const Transaction& invite : transactions(phone))
    if (is_incoming_call(phone, invite)) judge_ringing(phone, judge, invite);
}

// --- The 200 until its ACK -----------------------------------------------------------------------

/// An INVITE of a server that the device accepted, and what became of its 200.
struct Accepted {
  const Transaction& invite;
  std::vector<std::size_t> copies;
  std::optional<std::size_t> ack;
  std::optional<std::size_t> bye;        ///< of the device
  std::optional<std::size_t> other_bye;  ///< of the server
  CaptureTime answered;
  CaptureTime timeout;  ///< 64·T1 later
};

Accepted follow(const Phone& phone, const DialogRequests& requests, const Transaction& invite) {
  const auto next = [&](Method method, Direction direction) {
    return next_in_dialog(phone, requests, invite, method, direction);
  };
  const CaptureTime answered = phone.at(*invite.final);
  return {invite,
          copies_of_final(phone, invite),
          next(Method::ack, Direction::to_device),
          next(Method::bye, Direction::from_device),
          next(Method::bye, Direction::to_device),
          answered,
          answered + phone.profile.timers.sixty_four_t1()};
}

Evidence evidence_of(const Phone& phone, const Accepted& accepted) {
  return {accepted.invite.server, phone.message(accepted.copies.front()).sip.call_id(),
          accepted.copies};
}

/// When the device had no reason left to repeat its 200.
CaptureTime repeats_may_end(const Phone& phone, const Accepted& accepted) {
  CaptureTime end = next_power_change(phone, accepted.answered);
  if (const auto failure =
          transport_failure(phone, accepted.invite.server, accepted.answered, accepted.timeout))
    end = std::min(end, *failure);
  for (const auto& request : {accepted.ack, accepted.bye, accepted.other_bye})
    if (request) end = std::min(end, phone.at(*request));
  return end;
}

void judge_bye(const Phone& phone, Judge& judge, const Accepted& accepted) {
  Evidence evidence = evidence_of(phone, accepted);
  if (!accepted.bye)
    return judge.warn(evidence, "a 200 that was never acknowledged, and no BYE ended the session");
  const auto tolerance = timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
  const Duration nominal = phone.profile.timers.sixty_four_t1();
  evidence.messages.push_back(*accepted.bye);
  judge.should_be_within(
      evidence,
      {.start = accepted.answered,
       .end = phone.at(*accepted.bye),
       .window = {.min = nominal - tolerance.value / 2,
                  .max = nominal + tolerance.value + phone.profile.tolerances.fo_grace},
       .tolerance = tolerance},
      "BYE after a 200 that was never acknowledged");
}

/// Nothing but Timer-like repeats can have gone on until the timeout.
void judge_unacknowledged(const Phone& phone, Judge& judge, const Accepted& accepted) {
  const auto tolerance = timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
  const CaptureTime over = accepted.timeout + tolerance.value + phone.profile.tolerances.fo_grace;
  if (phone.trace.last <= over ||
      repeats_may_end(phone, accepted) < accepted.timeout - tolerance.value / 2)
    return;
  const std::size_t expected = full_count(phone, doubling_to_t2(phone));
  const Evidence evidence = evidence_of(phone, accepted);
  if (accepted.copies.size() < expected && !may_be_lost_on_the_way(phone))
    judge.violated(evidence, fmt::format("200 sent {} times without ACK, {} expected",
                                         accepted.copies.size(), expected));
  else if (phone.at(accepted.copies.back()) > accepted.timeout + tolerance.value)
    judge.violated(evidence, "200 still sent after 64 x T1");
  judge_bye(phone, judge, accepted);
}

void judge_accepted(const Phone& phone, Judge& judge, const Accepted& accepted) {
  const CaptureTime end = repeats_may_end(phone, accepted);
  Copies copies{accepted.invite.server, accepted.copies, describe_final(phone, accepted.invite)};
  std::erase_if(copies.messages, [&](std::size_t copy) { return phone.at(copy) > end; });
  judge_intervals(phone, judge, copies, doubling_to_t2(phone));
  if (!accepted.ack) return judge_unacknowledged(phone, judge, accepted);
  const bool goes_on = phone.at(accepted.copies.back()) > phone.at(*accepted.ack) + in_flight;
  if (goes_on && phone.trace.vantage == trace::Vantage::device)
    judge.violated(evidence_of(phone, accepted), "200 sent again after its ACK");
}

void success_is_repeated_until_ack(const Phone& phone, Judge& judge) {
  judge.needs("a call that the device answers and whose ACK is withheld", Blame::harness);
  const DialogRequests& requests = dialog_requests(phone);
  for (const Transaction& invite : transactions(phone))
    // A copy of the INVITE may draw the 200 too (RFC 3261 §17.2.1 left that to the UAS core).
    if (is_from_server(invite) && invite.method == Method::invite && is_success(phone, invite) &&
        !was_asked_again(phone, invite))
      judge_accepted(phone, judge, follow(phone, requests, invite));
}

// --- Copies that mean nothing new ----------------------------------------------------------------

/// A copy of an INVITE that the device had answered with a 2xx: nothing but that 2xx may follow.
void judge_repeated_invite(const Phone& phone, Judge& judge, const Transaction& invite) {
  const Evidence evidence = evidence_of(phone, invite);
  const sip::MessageView& answer = phone.message(*invite.final).sip;
  const CaptureTime again = phone.at(invite.sends.back());
  for (const std::size_t response : invite.responses) {
    const sip::MessageView& sip = phone.message(response).sip;
    const bool is_the_answer = sip.status() == answer.status() && sip.to_tag() == answer.to_tag();
    if (response <= *invite.final || is_the_answer) continue;
    judge.violated(evidence, fmt::format("a copy of an answered INVITE drew {}", sip.status()));
    return;
  }
  if (phone.trace.last > again + in_flight)
    judge.pass(evidence, "a copy of an answered INVITE started nothing new");
}

void judge_invites_of_servers(const Phone& phone, Judge& judge) {
  for (const Transaction& invite : transactions(phone)) {
    if (!is_from_server(invite) || invite.method != Method::invite) continue;
    // After Timer L the device may take it for a new one.
    const bool is_absorbed =
        is_success(phone, invite) && was_asked_again(phone, invite) &&
        phone.at(invite.sends.back()) <
            phone.at(*invite.final) + phone.profile.timers.sixty_four_t1() -
                timer_tolerance(phone, phone.profile.timers.sixty_four_t1()).value;
    if (is_absorbed) judge_repeated_invite(phone, judge, invite);
  }
}

/// The 200 of a server to the device's INVITE, come again while the call was up.
std::optional<std::size_t> repeated_success(const Phone& phone, const ConfirmedDialog& dialog) {
  const Transaction& invite = transactions(phone)[dialog.invite];
  for (const std::size_t response : invite.responses) {
    const trace::Message& message = phone.message(response);
    const bool is_up =
        message.at > dialog.confirmed && (!dialog.ended || message.at < *dialog.ended);
    if (message.sip.is_success() && message.sip.to_tag() == dialog.server_tag && is_up)
      return response;
  }
  return std::nullopt;
}

void judge_calls_of_device(const Phone& phone, Judge& judge) {
  for (const ConfirmedDialog& dialog : dialogs(phone)) {
    if (dialog.incoming || dialog.invite >= transactions(phone).size()) continue;
    const auto again = repeated_success(phone, dialog);
    if (!again || phone.trace.last < phone.at(*again) + because_of) continue;
    const CaptureTime at = phone.at(*again);
    const bool ended = dialog.ended && *dialog.ended < at + because_of;
    const trace::Message* bye = bye_of_device(phone, dialog, at);
    // Without a journal nobody knows that the user did not hang up just then.
    const bool is_unwanted = bye != nullptr && bye->at < at + because_of &&
                             !was_dialog_lost(phone, dialog) && phone.trace.has_journal() &&
                             !was_end_ordered(phone, bye->at);
    const Evidence evidence{dialog.server, dialog.call_id, {*again}};
    if (!ended)
      judge.pass(evidence, "a repeated 200 left the call as it was");
    else if (is_unwanted)
      judge.violated(evidence, "a repeated 200 ended the call");
  }
}

void copies_start_nothing(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE or a 200 that comes again when the call is up", Blame::harness);
  judge_invites_of_servers(phone, judge);
  judge_calls_of_device(phone, judge);
}

constexpr std::array table{
    Check{"RFC3261-UAS-2XX", success_is_repeated_until_ack},
    Check{"RFC3261-UAS-1XX", rings_every_minute},
    Check{"RFC6026-01", copies_start_nothing},
};

}  // namespace

std::span<const Check> rfc3261_13_answer_checks() {
  return table;
}

}  // namespace sipharness::check
