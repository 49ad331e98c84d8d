#include "harness/observed/returns.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <ranges>

#include "harness/observed/failover.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/outages.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/primary_answers.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// A call left a silent primary.
struct Move {
  CaptureTime from;   ///< INVITE at the primary
  CaptureTime until;  ///< INVITE at the secondary: the first of all calls that began no earlier
};

/// By the INVITE at the primary.
std::vector<Move> find_moves(const Phone& phone) {
  std::vector<Move> moves;
  for (const SilentPrimary& silent : calls_to_silent_primary(phone))
    if (silent.secondary != nullptr) moves.push_back({silent.primary->i0, silent.secondary->i0});
  std::ranges::sort(moves, {}, &Move::from);
  CaptureTime first = CaptureTime::max();
  for (Move& move : moves | std::views::reverse) move.until = first = std::min(first, move.until);
  return moves;
}

bool has_move_between(const Phone& phone, CaptureTime from, CaptureTime until) {
  const auto& moves = phone.derived<find_moves>();
  const auto first = std::ranges::upper_bound(moves, from, {}, &Move::from);
  return first != moves.end() && first->until < until;
}

bool has_outage_between(const Phone& phone, CaptureTime from, CaptureTime until) {
  const auto& known = outages(phone, ServerRole::primary);
  const auto first = std::ranges::upper_bound(known, from, {}, &Outage::from);
  return first != known.end() && first->from < until;
}

/// The primary is registered again since `back`, and nothing since says that it is lost.
bool is_back(const Phone& phone, CaptureTime back, CaptureTime at) {
  return at >= back + policy::time_to_return && registered(phone, ServerRole::primary, at) &&
         !is_lost(phone, ServerRole::primary, at);
}

/// A BYE or re-INVITE of the device in the dialog that follows no action. A BYE after the end is
/// the same once more, with credentials.
bool disturbs(const Phone& phone, const Message& request, const Dialog& dialog) {
  const sip::MessageView& sip = request.sip;
  const bool is_of_call = request.from_device() && sip.call_id() == dialog.call_id &&
                          sip.from_tag() == dialog.device_tag &&
                          !(dialog.ended && request.at > *dialog.ended);
  const bool changes = sip.method() == sip::Method::bye ||
                       (sip.method() == sip::Method::invite && !asks_for_session(sip));
  return is_of_call && changes && !follows_action(phone, request.at);
}

}  // namespace

std::vector<CaptureTime> find_returns_of_primary(const Phone& phone) {
  std::vector<CaptureTime> found;
  std::optional<CaptureTime> last_ok;
  bool has_failed = false;
  for (const RegisterAttempt* attempt : attempts_at(phone, ServerRole::primary)) {
    if (attempt->unregister) continue;
    if (!attempt->ok) {
      has_failed |= attempt->failed();
      continue;
    }
    const CaptureTime ok = *attempt->ok;
    if (last_ok && (has_failed || has_move_between(phone, *last_ok, ok) ||
                    has_outage_between(phone, *last_ok, ok)))
      found.push_back(ok);
    last_ok = ok;
    has_failed = false;
  }
  std::ranges::sort(found);
  return found;
}

std::vector<CallAfterReturn> find_calls_after_return(const Phone& phone) {
  const std::vector<CaptureTime>& returns = returns_of_primary(phone);
  std::vector<CallAfterReturn> found;
  std::optional<CaptureTime> last;
  for (const CallGroup& call : calls(phone)) {
    const CaptureTime start = start_of(call);
    const auto next = std::ranges::upper_bound(returns, start);
    if (call.legs.empty() || next == returns.begin()) continue;
    const CaptureTime back = *std::prev(next);
    if (!is_back(phone, back, start)) continue;
    found.push_back({&call, last != back});
    last = back;
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const CallAfterReturn& after) {
  return evidence_of(phone, *after.call);
}

std::vector<DialogAcrossReturn> find_dialogs_across_return(const Phone& phone) {
  const std::vector<CaptureTime>& returns = returns_of_primary(phone);
  std::vector<DialogAcrossReturn> found;
  for (const Dialog* dialog : dialogs(phone)) {
    if (dialog->server != ServerRole::secondary) continue;
    const CaptureTime ended = dialog->ended.value_or(phone.trace.last);
    for (auto back = std::ranges::upper_bound(returns, *dialog->confirmed);
         back != returns.end() && *back <= ended; ++back)
      found.push_back({dialog, *back});
  }
  std::ranges::stable_sort(found, {}, &DialogAcrossReturn::back);
  return found;
}

Evidence evidence_of(const Phone& /*phone*/, const DialogAcrossReturn& across) {
  return {ServerRole::secondary, across.dialog->call_id, {across.dialog->invite->sends.front()}};
}

const Message* disturbance_of(const Phone& phone, const DialogAcrossReturn& across) {
  const auto began = [&](const Transaction& one) { return opening(phone, one).at; };
  auto next = std::ranges::lower_bound(transactions(phone), across.back, {}, began);
  for (; next != transactions(phone).end() && began(*next) <= across.back + policy::time_to_disturb;
       ++next)
    if (disturbs(phone, opening(phone, *next), *across.dialog)) return &opening(phone, *next);
  return nullptr;
}

}  // namespace sipharness::observed
