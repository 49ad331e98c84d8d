// Timers as a phone's own requests show them: retransmissions, refreshes, waits before retries.
// @source RFC 3261 §17.1.1.2 (Timers A, B), §17.1.2.2 (Timers E, F)

#include <algorithm>

#include <fmt/format.h>

#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/observed_t1.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/story/chapters.hpp"

namespace sipharness::story {
namespace {

using observed::Transaction;

void measure(std::vector<Measured>& all, std::string what, std::vector<Duration> samples) {
  if (samples.empty()) return;
  std::ranges::sort(samples);
  all.push_back({std::move(what), samples.size(), samples.front(), samples[samples.size() / 2],
                 samples.back()});
}

/// The longest of the transactions that were sent more than once; null: none was.
const Transaction* longest_series(const std::vector<const Transaction*>& all) {
  const Transaction* longest = nullptr;
  for (const Transaction* one : all)
    if (one->sends.size() > (longest == nullptr ? 1 : longest->sends.size())) longest = one;
  return longest;
}

void tell_series(const observed::Phone& phone, const std::vector<const Transaction*>& all,
                 std::string_view timer, Timers& told) {
  told.repeated += static_cast<std::size_t>(
      std::ranges::count_if(all, [](const Transaction* one) { return one->sends.size() > 1; }));
  const Transaction* longest = longest_series(all);
  if (longest == nullptr) return;
  Series series{.what = fmt::format("{} ({})", opening(phone, *longest).sip.method_text(), timer),
                .first = moment_of(phone, longest->sends.front()),
                .intervals = {},
                .answered = longest->first_response.has_value()};
  for (std::size_t i = 1; i < longest->sends.size(); ++i)
    series.intervals.push_back(phone.at(longest->sends[i]) - phone.at(longest->sends[i - 1]));
  told.series.push_back(std::move(series));
}

void tell_waits(const observed::Phone& phone, ServerRole server, Timers& told) {
  std::vector<Duration> refreshes;
  for (const observed::Refresh& refresh : refreshes_at(phone, server))
    if (refresh.next->start < *refresh.previous->ok + refresh.granted)
      refreshes.push_back(refresh.next->start - *refresh.previous->ok);
  std::vector<Duration> retries;
  for (const observed::AttemptPair& pair : attempt_pairs(phone)) {
    if (pair.before->server != server || pair.after == nullptr) continue;
    const auto failed = pair.before->failed_at();
    if (failed && pair.after->start > *failed) retries.push_back(pair.after->start - *failed);
  }
  measure(told.measured, fmt::format("refresh at the {} after its 200", to_string(server)),
          std::move(refreshes));
  measure(told.measured, fmt::format("REGISTER at the {} after one that failed", to_string(server)),
          std::move(retries));
}

/// @source RFC 3261 §17.1.1.2 (Timer B), RFC 3263 §4.3
void tell_moves(const observed::Phone& phone, Timers& told) {
  std::vector<Duration> moves;
  for (const observed::SilentPrimary& failed : calls_to_silent_primary(phone))
    if (failed.secondary != nullptr && !failed.has_signal)
      moves.push_back(reached_at(phone, *failed.secondary) - failed.primary->i0);
  measure(told.measured, "INVITE at the secondary after one that the primary did not answer",
          std::move(moves));
}

}  // namespace

Timers tell_timers(const observed::Phone& phone) {
  Timers told;
  told.t1 = observed_t1(phone);
  tell_series(phone, udp_invites(phone), "Timer A", told);
  tell_series(phone, udp_non_invites(phone), "Timer E", told);
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary})
    tell_waits(phone, server, told);
  tell_moves(phone, told);
  return told;
}

}  // namespace sipharness::story
