#include "harness/check/shared_judgements.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {

void judge_rest(const Phone& phone, const Transaction& invite, std::size_t response,
                Occurrence& it) {
  const CaptureTime heard = phone.at(response);
  const int status = phone.message(response).sip.status();
  it.cite(response);
  std::size_t before = 0;
  for (const std::size_t send : invite.sends) {
    const Duration after = phone.at(send) - heard;
    if (after > round_trip_slack)
      return it.violated_unless_lost(
          fmt::format("INVITE sent again {} after a {}", format_seconds(after), status));
    if (send < response) ++before;
  }
  if (before == 0) return;
  const Duration interval = doubling(phone)(before - 1);
  const CaptureTime due =
      phone.at(invite.sends[before - 1]) + interval + timer_tolerance(phone, interval).value;
  const CaptureTime timer_b = start_of(phone, invite) + phone.profile.request_timeout();
  const bool was_answered = invite.final && phone.at(*invite.final) <= due;
  const bool was_observed = std::min(phone.trace.last, next_power_change(phone, heard)) > due;
  if (due < timer_b && !was_answered && was_observed)
    it.pass(fmt::format("INVITE not sent again after a {}", status));
}

bool may_be_changed_by_nat(const Phone& phone, Judge& judge) {
  if (phone.trace.vantage != trace::Vantage::server) return false;
  judge.inconclusive({}, verdict::Blame::network,
                     "captured at the server: a NAT may have changed the source");
  return true;
}

}  // namespace sipharness::check
