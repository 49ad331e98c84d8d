#include "harness/observed/failed_registrations.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/observed/connections.hpp"
#include "harness/observed/retry_after.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// Refused by what only a person, or another request, can mend.
bool is_refused_for_good(int status) {
  constexpr std::array for_now{403, 404, 408, 480};
  constexpr std::array unable{501, 505, 513};
  if (status / 100 == 5) return std::ranges::count(unable, status) > 0;
  return status != 0 && std::ranges::count(for_now, status) == 0;
}

const Message* refusal_of(const Phone& phone, const RegisterAttempt& attempt) {
  if (attempt.status == 0) return nullptr;
  return &phone.message(*transactions(phone)[attempt.transactions.back()].final);
}

/// policy: longer than any capture; what asks for more asks for this, and twice as much fits.
constexpr Duration longest_wait = 10 * 8766h;

/// How long the device must rest after the failure; nothing if it need not come again.
std::optional<Duration> rest_after(const Phone& phone, const RegisterAttempt& failed) {
  if (failed.unregister || is_refused_for_good(failed.status)) return std::nullopt;
  const Message* refusal = refusal_of(phone, failed);
  const auto asked = refusal != nullptr ? retry_after(refusal->sip) : std::nullopt;
  const Duration rest = std::min<Duration>(asked.value_or(std::chrono::seconds(0)), longest_wait);
  if (failed.status != 403 && failed.status != 404) return rest;
  const auto& wait = phone.profile.reg_retry_wait_403;
  if (!wait || *wait == Duration::zero()) return std::nullopt;
  return std::max(rest, *wait);
}

using Times = std::array<std::vector<CaptureTime>, 3>;

/// When the device tried a server, by server, sorted.
Times find_register_times(const Phone& phone) {
  Times tries;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (!attempt.unregister)
      tries[static_cast<std::size_t>(attempt.server)].push_back(attempt.start);
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    tries[static_cast<std::size_t>(attempt.server)].push_back(attempt.syn);
  for (std::vector<CaptureTime>& of_server : tries) std::ranges::sort(of_server);
  return tries;
}

void add_failures(const Phone& phone, const std::vector<CaptureTime>& tries, ServerRole server,
                  std::vector<FailedRegistration>& found) {
  Duration waited{};
  for (const RegisterAttempt* attempt : attempts_at(phone, server)) {
    const auto failed = attempt->failed_at();
    if (!failed) waited = Duration::zero();
    const auto rest = failed ? rest_after(phone, *attempt) : std::nullopt;
    if (!rest) continue;
    // RFC 5626 §4.5: a wait may be four times the one before.
    const scenario::Profile& profile = phone.profile;
    const Duration grown = 2 * waited;
    const auto longest = profile.reg_retry_wait ? profile.reg_retry_wait : attempt->requested;
    FailedRegistration one{
        .attempt = attempt,
        .at = *failed,
        .rest = *rest,
        .wait = std::max(profile.retry_wait(), grown),
        .longest_wait = std::min(std::max(longest.value_or(Duration(1h)), grown), longest_wait),
        .next = {}};
    const auto next = std::ranges::upper_bound(tries, attempt->start);
    if (next != tries.end()) one.next = *next;
    if (one.next && *one.next > one.at) waited = *one.next - one.at;
    found.push_back(one);
  }
}

}  // namespace

std::vector<FailedRegistration> find_failed_registrations(const Phone& phone) {
  const Times tries = find_register_times(phone);
  std::vector<FailedRegistration> found;
  for (const ServerRole server : both_servers)
    add_failures(phone, tries[static_cast<std::size_t>(server)], server, found);
  return found;
}

Evidence evidence_of(const Phone& phone, const FailedRegistration& failed) {
  Evidence evidence = evidence_of(phone, *failed.attempt);
  if (const Message* refusal = refusal_of(phone, *failed.attempt))
    evidence.messages.push_back(refusal->index);
  return evidence;
}

std::string describe_failure(const Phone& phone, const RegisterAttempt& failed) {
  if (failed.status != 0) return fmt::format("a {}", failed.status);
  const bool was_told =
      failed.fail && transport_failure(phone, failed.server, failed.start, *failed.fail);
  return was_told ? "a transport error" : "a timeout";
}

}  // namespace sipharness::observed
