#include "harness/check/shared_judgements.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/observed/absences.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

bool may_lack_acks(const Phone& phone, const std::vector<std::size_t>& copies,
                   const std::vector<std::size_t>& acks) {
  if (phone.trace.has_journal() || acks.empty() || acks.size() >= copies.size()) return false;
  return acks.size() + 1 == copies.size() || acks.back() > copies[1];
}

}  // namespace

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
  const bool was_observed = next_power_change(phone, heard) > due;
  if (due < timer_b && !was_answered && was_observed)
    it.pass(fmt::format("INVITE not sent again after a {}", status));
}

void judge_acks(const Phone& phone, const std::vector<std::size_t>& copies,
                const std::vector<std::size_t>& acks, std::string_view what, Occurrence& it) {
  if (copies.size() < 2) return;
  for (std::size_t copy = 1; copy < copies.size(); ++copy) it.cite(copies[copy]);
  const std::string seen =
      fmt::format("{} came {} times, {} acknowledged", what, copies.size(), acks.size());
  if (may_lack_acks(phone, copies, acks))
    it.inconclusive(verdict::Blame::network, seen + "; the capture may lack one ACK");
  else if (acks.size() < copies.size())
    it.violated_unless_lost(seen);
  else
    it.pass(seen);
}

void violated_if_known(Occurrence& it, bool is_known, std::string_view setting,
                       const std::string& message) {
  if (is_known) return it.violated(message);
  it.inconclusive(verdict::Blame::user,
                  fmt::format("{}; but {} is not known: say --profile", message, setting));
}

void judge_expiry(const Phone& phone, const RegisterAttempt& attempt, std::string_view setting,
                  Occurrence& it) {
  if (attempt.unregister || !attempt.requested || was_told_min_expires(phone, attempt)) return;
  const Duration configured = *phone.profile.register_expiration;
  const std::string asked = fmt::format("asks for {}, {} {}", format_duration(*attempt.requested),
                                        setting, format_duration(configured));
  if (may_have_been_told_min_expires(phone, attempt))
    it.inconclusive(verdict::Blame::user, "{}; a 423 before the capture may ask for that", asked);
  else
    it.expect(*attempt.requested == configured, asked);
}

std::string stated_retry_wait(const Phone& phone) {
  const auto& wait = phone.profile.reg_retry_wait;
  return wait ? fmt::format(" (the profile says {})", format_duration(*wait)) : "";
}

void lacks_password(const Phone& phone, Judge& judge, std::string_view requirement) {
  if (phone.expects(requirement))
    judge.inconclusive({}, verdict::Blame::user, "the account's password is not available");
  else
    judge.not_applicable(std::string(unverified_credentials));
}

void violated_unless_nat(const Phone& phone, Occurrence& it, const std::string& problem) {
  switch (phone.trace.vantage) {
    case trace::Vantage::device:
      return it.violated(problem);
    case trace::Vantage::server:
      return it.inconclusive(
          verdict::Blame::network,
          problem + ": captured at the server, where a NAT may have changed the source");
    case trace::Vantage::unknown:
      return it.inconclusive(verdict::Blame::user,
                             problem + ": a NAT? say --vantage device or server");
  }
}

void leads_elsewhere(const Phone& phone, observed::LeadsTo where, Occurrence& it,
                     const std::string& problem) {
  if (where == observed::LeadsTo::a_nat && phone.trace.vantage == trace::Vantage::device)
    it.inconclusive(verdict::Blame::user,
                    problem +
                        ": a public address that the device was configured with, for a NAT "
                        "beyond the capture? Its configuration would tell");
  else
    violated_unless_nat(phone, it, problem);
}

bool left_open_if_gone(const Phone& phone, CaptureTime at, const std::string& seen,
                       Occurrence& it) {
  const observed::Absence* absence = absence_at(phone, at);
  if (absence == nullptr && !is_gone_by(phone, at)) return false;
  it.inconclusive(
      verdict::Blame::user,
      fmt::format("{}; {}", seen, absence != nullptr ? describe(*absence) : may_be_switched_off));
  return true;
}

void violated_unless_out(const Phone& phone, const RegisterAttempt& granted, Occurrence& it,
                         const std::string& seen) {
  const CaptureTime ok = *granted.ok;
  const CaptureTime lapse = ok + *granted.granted;
  if (left_open_if_gone(phone, lapse, seen, it)) return;
  const auto trouble = possible_outage(phone, granted.server, ok, lapse);
  if (phone.trace.has_journal() || !trouble) return it.violated(seen);
  it.inconclusive(verdict::Blame::user,
                  fmt::format("{}; the {} was in trouble {} after its 200: was it out? With "
                              "--journal its outages would tell",
                              seen, to_string(granted.server), format_seconds(*trouble - ok)));
}

void violated_unless_hung_up(const Phone& phone, const Leg* primary, CaptureTime told,
                             Occurrence& it, const std::string& seen) {
  if (primary != nullptr && may_be_hung_up_by(phone, *primary, told))
    it.inconclusive(verdict::Blame::user, seen + std::string(hung_up_unseen));
  else
    it.violated(seen);
}

void is_granted_for_an_unknown_time(const Phone& phone, const RegisterAttempt& attempt,
                                    Occurrence& it) {
  if (!it.is_asked_for()) return;
  const Transaction& last = transactions(phone)[attempt.transactions.back()];
  it.cite(last.final)
      .inconclusive(
          verdict::Blame::network,
          attempt.is_listed
              ? "the 200 gives the device's Contact no expiry: what was granted is not known"
              : "the 200 does not list the device's Contact: what was granted is not known");
}

}  // namespace sipharness::check
