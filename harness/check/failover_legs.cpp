// One call, two servers: tried one after the other, answered once.
// @source RFC 3263 §4.3; RFC 3261 §13.2.2.4

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

/// policy: by when a ringing primary must be cancelled once the secondary is tried (FO-NOPAR b).
constexpr Duration time_to_cancel = 500ms;

/// How the two legs ran side by side; nothing if they did not.
std::optional<std::string> overlap(const Phone& phone, const Leg& primary, const Leg& secondary) {
  const CaptureTime parallel = secondary.i0 + phone.profile.tolerances.overlap;
  for (const std::size_t invite : primary.invites)
    for (const std::size_t send : transactions(phone)[invite].sends)
      if (phone.at(send) > parallel)
        return fmt::format("the primary still got the INVITE {} after the secondary's first",
                           format_seconds(phone.at(send) - secondary.i0));
  const bool was_ringing = primary.provisional && phone.at(*primary.provisional) < secondary.i0;
  const bool was_over = primary.final && phone.at(*primary.final) < secondary.i0;
  if (!was_ringing || was_over) return std::nullopt;
  if (primary.cancel && phone.at(*primary.cancel) <= secondary.i0 + time_to_cancel)
    return std::nullopt;
  return "the primary was ringing and was not cancelled";
}

void one_after_the_other(const Phone& phone, Judge& judge) {
  if (phone.profile.parallel_allowed)
    return judge.not_applicable("the profile allows both servers to be called in parallel");
  judge.needs("a call with an INVITE at each server");
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    const Leg* secondary = call.leg(ServerRole::secondary);
    if (primary == nullptr || secondary == nullptr) continue;
    const Leg& first = primary->i0 <= secondary->i0 ? *primary : *secondary;
    const Leg& second = &first == primary ? *secondary : *primary;
    Evidence evidence = evidence_of(phone, first);
    evidence.messages.push_back(evidence_of(phone, second).messages.front());
    if (const auto how = overlap(phone, first, second))
      judge.violated(evidence, *how);
    else
      judge.pass(evidence, "the second server was tried after the first was given up");
  }
}

/// How long two dialogs were up together.
Duration together(const Phone& phone, const ConfirmedDialog& a, const ConfirmedDialog& b) {
  const CaptureTime from = std::max(a.confirmed, b.confirmed);
  const CaptureTime until =
      std::min(a.ended.value_or(phone.trace.last), b.ended.value_or(phone.trace.last));
  return until - from;
}

std::vector<const ConfirmedDialog*> dialogs_of(const Phone& phone, const CallGroup& call) {
  std::vector<const ConfirmedDialog*> found;
  for (const ConfirmedDialog& dialog : dialogs(phone)) {
    if (dialog.incoming) continue;
    for (const Leg& leg : call.legs)
      if (std::ranges::find(leg.invites, dialog.invite) != leg.invites.end())
        found.push_back(&dialog);
  }
  return found;
}

void never_answered_twice(const Phone& phone, Judge& judge) {
  judge.needs("a call that was answered");
  for (const CallGroup& call : calls(phone)) {
    const auto dialogs = dialogs_of(phone, call);
    if (dialogs.empty()) continue;
    Duration longest{};
    for (std::size_t i = 0; i < dialogs.size(); ++i)
      for (std::size_t j = i + 1; j < dialogs.size(); ++j)
        longest = std::max(longest, together(phone, *dialogs[i], *dialogs[j]));
    Evidence evidence = evidence_of(phone, call.legs.front());
    for (const ConfirmedDialog* dialog : dialogs)
      evidence.messages.push_back(transactions(phone)[dialog->invite].sends.front());
    if (longest > phone.profile.tolerances.nodup)
      judge.violated(evidence, fmt::format("two confirmed dialogs of one call for {}",
                                           format_seconds(longest)));
    else
      judge.pass(evidence, "one confirmed dialog at a time");
  }
}

constexpr std::array table{
    Check{"FO-NOPAR", one_after_the_other},
    Check{"FO-NODUP", never_answered_twice},
};

}  // namespace

std::span<const Check> failover_leg_checks() {
  return table;
}

}  // namespace sipharness::check
