// One call, two servers: tried one after the other, answered once.
// @source RFC 3263 §4.3; RFC 3261 §13.2.2.4

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/call_dialogs.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/merged_requests.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

std::string_view may_run_in_parallel(const Phone& phone) {
  return phone.profile.parallel_allowed ? "the profile allows both servers to be called in parallel"
                                        : "";
}

/// How the two legs ran side by side; nothing if they did not.
std::optional<std::string> overlap(const Phone& phone, const Leg& first, const Leg& second) {
  const CaptureTime parallel = second.i0 + phone.profile.tolerances.overlap;
  for (const std::size_t invite : first.invites)
    for (const std::size_t send : transactions(phone)[invite].sends)
      if (phone.at(send) > parallel)
        return fmt::format("the primary still got the INVITE {} after the secondary's first",
                           format_seconds(phone.at(send) - second.i0));
  const bool was_ringing = first.provisional && phone.at(*first.provisional) < second.i0;
  const bool was_over = first.final && phone.at(*first.final) < second.i0;
  if (!was_ringing || was_over) return std::nullopt;
  if (first.cancel && phone.at(*first.cancel) <= second.i0 + policy::time_to_cancel)
    return std::nullopt;
  return "the primary was ringing and was not cancelled";
}

void one_after_the_other(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* first = call.leg(ServerRole::primary);
  const Leg* second = call.leg(ServerRole::secondary);
  if (first == nullptr || second == nullptr) return;
  if (first->i0 > second->i0) std::swap(first, second);
  it.about(evidence_of_both(phone, *first, second));
  if (const auto how = overlap(phone, *first, *second))
    it.violated(*how);
  else
    it.pass("the second server was tried after the first was given up");
}

void judge_dialogs(const Phone& phone, const std::vector<const Dialog*>& dialogs, Occurrence& it) {
  if (dialogs.empty()) return;
  for (const Dialog* dialog : dialogs) it.cite(dialog->invite->sends.front());
  const Duration longest = longest_overlap(phone, dialogs);
  it.expect(longest <= phone.profile.tolerances.nodup, "one confirmed dialog at a time",
            fmt::format("two confirmed dialogs of one call for {}", format_seconds(longest)));
}

void never_answered_twice(const Phone& phone, const CallGroup& call, Occurrence& it) {
  judge_dialogs(phone, dialogs_of(phone, call), it);
}

/// A call that reached the device on two ways.
void never_answers_twice(const Phone& phone, const MergedRequest& merged, Occurrence& it) {
  const std::vector<const Dialog*> both = dialogs_of(phone, merged);
  if (!both.empty()) it.about({both.front()->server, both.front()->call_id, {}});
  judge_dialogs(phone, both, it);
}

const std::array failover_leg{
    Rule{.row = {.id = "FO-NOPAR",
                 .clause = "RFC 3263 §4.3",
                 .severity = Severity::vendor,
                 .sentence = "The device tries the primary and the secondary one after the other.",
                 .observed =
                     "No INVITE is resent to the primary once the secondary was tried, and a "
                     "primary that had sent a provisional response gets its CANCEL within 0.5 s.",
                 .tolerance = "profile: overlap"},
         .needs = {"a call with an INVITE at each server"},
         .unless = may_run_in_parallel,
         .judge = each<calls, one_after_the_other>},
    Rule{
        .row = {.id = "FO-NODUP",
                .clause = "RFC 3261 §13.2.2.4",
                .severity = Severity::must,
                .sentence = "One call of the user, or to the user, never leaves two confirmed "
                            "dialogs.",
                .observed = "Of the dialogs of one call, confirmed by 200 and ACK, no two are "
                            "alive together for longer than it takes to end one of them; a call "
                            "that both servers bring is one.",
                .tolerance = "profile: nodup"},
        .needs = {"a call that was answered"},
        .judge =
            in_turn<each<calls, never_answered_twice>, each<merged_requests, never_answers_twice>>},
};

}  // namespace

std::span<const Rule> failover_leg_rules() {
  return failover_leg;
}

}  // namespace sipharness::check
