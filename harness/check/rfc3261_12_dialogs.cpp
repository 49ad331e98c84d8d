// Dialogs: which requests belong to one, and what becomes of it when a request within it fails.
// @source RFC 3261 §12.2, §14.1, §15.1

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;

/// An INVITE or an answer to it made the two tags of `request` one dialog, confirmed or early.
bool is_in_a_known_dialog(const Phone& phone, const sip::MessageView& request) {
  return std::ranges::any_of(phone.messages, [&](const trace::Message& message) {
    const sip::MessageView& sip = message.sip;
    if (sip.method() != Method::invite || sip.call_id() != request.call_id()) return false;
    const bool same_way = sip.from_tag() == request.from_tag() && sip.to_tag() == request.to_tag();
    const bool other_way = sip.from_tag() == request.to_tag() && sip.to_tag() == request.from_tag();
    return same_way || other_way;
  });
}

/// Calls with that Call-ID are in the capture, and this is none of them.
bool has_a_namesake(const Phone& phone, const sip::MessageView& request) {
  return std::ranges::any_of(phone.messages, [&](const trace::Message& message) {
    return message.sip.method() == Method::invite && message.sip.call_id() == request.call_id();
  });
}

void unknown_bye_draws_481(const Phone& phone, Judge& judge) {
  judge.needs("a BYE in a dialog that the device does not know", verdict::Blame::harness);
  for (const Transaction& bye : transactions(phone)) {
    if (bye.method != Method::bye || !is_from_server(bye) || !bye.final) continue;
    const sip::MessageView& request = opening(phone, bye).sip;
    const bool is_foreign = !is_in_a_known_dialog(phone, request) &&
                            (is_seen_from_its_boot(phone) || has_a_namesake(phone, request));
    const int status = phone.message(*bye.final).sip.status();
    const bool asks_for_proof = status == 401 || status == 407;
    if (!is_foreign || asks_for_proof) continue;
    Evidence evidence = evidence_of(phone, bye);
    evidence.messages.push_back(*bye.final);
    if (status == 481)
      judge.pass(evidence, "a BYE in an unknown dialog drew 481");
    else
      judge.violated(evidence, fmt::format("a BYE in an unknown dialog drew {}", status));
  }
}

// --- After the device's BYE ----------------------------------------------------------------------

/// A further request of the device in a dialog that it has ended. A BYE tried again is none, nor is
/// what belongs to a subscription that shares the dialog and outlives the call (RFC 5057 §4.2).
const trace::Message* request_after(const Phone& phone, const ConfirmedDialog& dialog,
                                    const Transaction& bye) {
  const trace::Message& sent = opening(phone, bye);
  const int status = bye.final ? phone.message(*bye.final).sip.status() : 0;
  const bool was_refused = status >= 300 && status != 408 && status != 481;
  for (const trace::Message& message : phone.messages) {
    const bool is_later = message.at > sent.at && message.from_device() &&
                          message.sip.is_request() && is_in(message.sip, dialog) &&
                          message.sip.cseq() > sent.sip.cseq();
    const Method method = message.sip.method();
    const bool is_allowed = method == Method::ack || method == Method::notify ||
                            method == Method::subscribe || (was_refused && method == Method::bye);
    if (is_later && !is_allowed) return &message;
  }
  return nullptr;
}

/// How long the INVITE of a call took that was dialled while nothing answered the BYE. A call that
/// never left may have had no server to go to.
std::optional<Duration> wait_of_next_call(const Phone& phone, const Transaction& bye) {
  const CaptureTime sent = opening(phone, bye).at;
  const CaptureTime answered = bye.final ? phone.at(*bye.final) : CaptureTime::max();
  for (const CallGroup& call : calls(phone)) {
    const bool is_meanwhile = call.dialled && *call.dialled > sent && *call.dialled < answered &&
                              *call.dialled < sent + phone.profile.timers.sixty_four_t1();
    if (is_meanwhile && !call.legs.empty())
      return reached_at(phone, call.legs.front()) - *call.dialled;
  }
  return std::nullopt;
}

/// The device's BYE had its answer, or was given up.
bool is_settled(const Phone& phone, const Transaction& bye) {
  const CaptureTime over = bye.final
                               ? phone.at(*bye.final)
                               : opening(phone, bye).at + phone.profile.timers.sixty_four_t1();
  return phone.trace.last >= over + time_to_act;
}

void a_bye_ends_the_session_at_once(const Phone& phone, Judge& judge) {
  judge.needs("a call that the device ends with BYE", verdict::Blame::user);
  for (const Transaction& bye : transactions(phone)) {
    const bool is_ours =
        bye.method == Method::bye && bye.direction == trace::Direction::from_device;
    const auto dialog = std::ranges::find_if(dialogs(phone), [&](const auto& candidate) {
      return is_ours && is_in(opening(phone, bye).sip, candidate);
    });
    if (dialog == dialogs(phone).end()) continue;
    const Evidence evidence = evidence_of(phone, bye);
    const auto wait = wait_of_next_call(phone, bye);
    if (const trace::Message* further = request_after(phone, *dialog, bye))
      judge.violated(evidence, fmt::format("{} in a dialog that the device had ended with BYE",
                                           further->sip.method_text()));
    else if (wait && *wait > time_to_act)
      judge.warn(evidence, fmt::format("a call dialled while the BYE was unanswered waited {}",
                                       format_seconds(*wait)));
    else if (is_settled(phone, bye))
      judge.pass(evidence, wait ? "BYE ended the dialog at once; the next call did not wait for it"
                                : "BYE ended the dialog at once");
  }
}

constexpr std::array table{
    Check{"RFC3261-BYE-01", a_bye_ends_the_session_at_once},
    Check{"RFC3261-DLG-04", unknown_bye_draws_481},
};

}  // namespace

std::span<const Check> rfc3261_12_dialog_checks() {
  return table;
}

}  // namespace sipharness::check
