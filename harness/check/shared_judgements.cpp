#include "harness/check/shared_judgements.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {

namespace {

/// The window of I = next.start − previous.ok (AMB-5 for R = 0, AMB-6 for R ≥ E).
verdict::Window refresh_window(const Phone& phone, Duration granted) {
  const Duration tolerance = registration_tolerance(phone, granted).value;
  const Duration before = phone.profile.reregister_margin();
  if (before == Duration::zero()) return {.min = granted / 2, .max = granted + tolerance};
  if (before >= granted)
    return {.min = std::min<Duration>(5s, granted / 2), .max = granted, .max_open = true};
  return {.min = granted - before - tolerance, .max = granted - before + tolerance};
}

/// So many OPTIONS in a row went unanswered before the REGISTER that the device was right to look.
bool follows_lost_options(const Phone& phone, const RegisterAttempt& attempt) {
  const auto& keep_alive = phone.profile.options_keepalive;
  int lost = 0;
  for (const Transaction& transaction : transactions(phone)) {
    const CaptureTime sent = opening(phone, transaction).at;
    if (transaction.method != sip::Method::options || transaction.server != attempt.server ||
        sent >= attempt.start || transaction.direction != trace::Direction::from_device)
      continue;
    const bool answered =
        transaction.first_response && phone.at(*transaction.first_response) < attempt.start;
    lost = answered ? 0 : lost + 1;
  }
  return lost >= (keep_alive ? keep_alive->max_lost : 1);
}

}  // namespace

void judge_refresh_period(const Phone& phone, Judge& judge, const Refresh& refresh) {
  const Measurement measurement{.start = *refresh.previous->ok,
                                .end = refresh.next->start,
                                .window = refresh_window(phone, refresh.granted),
                                .tolerance = registration_tolerance(phone, refresh.granted),
                                .host_produced = true};
  const Evidence evidence = evidence_of(phone, *refresh.next);
  const std::string what =
      fmt::format("refresh at the {} after its 200 (granted {}, Reregister before {})",
                  to_string(refresh.next->server), format_duration(refresh.granted),
                  format_duration(phone.profile.reregister_margin()));
  const Duration nominal = latest_refresh(phone, refresh.granted);
  const bool early = measurement.measured() < *measurement.window.min;
  // Looking earlier than due, and finding the server gone, is no refresh that could be too early;
  // nor is it when an OPTIONS keep-alive is the reason to look.
  if (early && (!refresh.next->ok || follows_lost_options(phone, *refresh.next))) return;
  // Early by less than half is only a warning; with R unused the window already allows it.
  if (early && measurement.measured() > nominal / 2)
    judge.should_be_within(evidence, measurement, what);
  else
    judge.within(evidence, measurement, what);
}

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
