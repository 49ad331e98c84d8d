#include "harness/observed/recovery.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "harness/observed/actions.hpp"
#include "harness/observed/first_after.hpp"
#include "harness/observed/policy.hpp"

namespace sipharness::observed {
namespace {

std::size_t index_of(ServerRole server) {
  return static_cast<std::size_t>(server);
}

std::array<FirstAfter<RegisterAttempt>, 3> find_signs_of_return(const Phone& phone) {
  std::array<FirstAfter<RegisterAttempt>, 3> found;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (!attempt.unregister)
      found[index_of(attempt.server)].add(
          std::max(attempt.start, attempt.ok.value_or(attempt.start)), attempt);
  return found;
}

/// By server, in the order of their 2xx.
std::array<std::vector<const RegisterAttempt*>, 3> find_granted(const Phone& phone) {
  std::array<std::vector<const RegisterAttempt*>, 3> found;
  for (const Binding& binding : bindings(phone))
    found[index_of(binding.server)].push_back(&attempts(phone)[binding.attempt]);
  return found;
}

class FailureRuns {
 public:
  FailureRuns(const Phone& phone, ServerRole server) : phone_(phone), run_{.server = server} {}

  void add_to(std::vector<FailureRun>& runs) {
    const RegisterAttempt* previous = nullptr;
    for (const RegisterAttempt* attempt : attempts_at(phone_, run_.server)) {
      if (const auto waited = previous != nullptr ? wait(*previous, *attempt) : std::nullopt)
        extend(*waited, *previous, *attempt);
      else
        close(runs, previous);
      previous = attempt;
    }
    close(runs, previous);
  }

 private:
  /// Nothing if the attempt does not follow a failure.
  std::optional<Duration> wait(const RegisterAttempt& previous, const RegisterAttempt& next) const {
    const auto failed = previous.failed_at();
    if (!failed || next.start < *failed || next_power_change(phone_, *failed) <= next.start)
      return std::nullopt;
    return next.start - *failed;
  }

  void extend(Duration waited, const RegisterAttempt& failed, const RegisterAttempt& attempt) {
    run_.failed.push_back(&failed);
    if (run_.waits.empty() || waited < run_.least) {
      run_.least = waited;
      run_.shortest = &attempt;
    }
    run_.waits.push_back(waited);
  }

  void close(std::vector<FailureRun>& runs, const RegisterAttempt* last) {
    const ServerRole server = run_.server;
    if (last != nullptr && last->failed_at()) run_.failed.push_back(last);
    if (run_.failed.size() >= policy::enough_attempts) runs.push_back(std::move(run_));
    run_ = {.server = server};
  }

  const Phone& phone_;
  FailureRun run_;
};

}  // namespace

const RegisterAttempt* attempt_after(const Phone& phone, ServerRole server, CaptureTime at) {
  return phone.derived<find_signs_of_return>()[index_of(server)].after(at);
}

const RegisterAttempt* last_granted(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto& granted = phone.derived<find_granted>()[index_of(server)];
  const auto next = std::ranges::lower_bound(granted, at, {},
                                             [](const RegisterAttempt* one) { return *one->ok; });
  return next == granted.begin() ? nullptr : *std::prev(next);
}

std::vector<ForgottenBinding> find_forgotten_bindings(const Phone& phone) {
  std::vector<ForgottenBinding> found;
  for (const auto& forgot : phone.journal.all<journal::BindingsForgotten>()) {
    const ServerRole server = trace::role_of(forgot.event->server);
    const RegisterAttempt* held = last_granted(phone, server, forgot.at);
    if (held == nullptr || *held->ok + *held->granted <= forgot.at) continue;
    found.push_back({.server = server,
                     .at = forgot.at,
                     .lapse = *held->ok + *held->granted,
                     .next = attempt_after(phone, server, forgot.at)});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const ForgottenBinding& forgotten) {
  if (forgotten.next == nullptr) return {.server = forgotten.server, .call_id = {}, .messages = {}};
  return evidence_of(phone, *forgotten.next);
}

std::vector<FailureRun> find_failure_runs(const Phone& phone) {
  std::vector<FailureRun> runs;
  for (const ServerRole server : both_servers) FailureRuns(phone, server).add_to(runs);
  return runs;
}

Evidence evidence_of(const Phone& phone, const FailureRun& run) {
  return evidence_of(phone, *run.shortest);
}

std::vector<const ConnectionAttempt*> refused_registrations(const Phone& phone, ServerRole server) {
  std::unordered_set<const ConnectionAttempt*> for_calls;
  for (const FailedConnection& failed : failed_connections(phone)) for_calls.insert(failed.attempt);
  std::vector<const ConnectionAttempt*> run;
  for (const ConnectionAttempt& attempt : connection_attempts(phone)) {
    if (attempt.server != server) continue;
    if (attempt.opened) run.clear();
    if (attempt.refused && !for_calls.contains(&attempt)) run.push_back(&attempt);
  }
  return run;
}

AttemptPace pace_of(const std::vector<const ConnectionAttempt*>& refused) {
  AttemptPace pace{.least = Duration::max()};
  for (std::size_t first = 0, last = 0; last < refused.size(); ++last) {
    if (last > 0)
      pace.least = std::min(pace.least, refused[last]->syn - *refused[last - 1]->refused);
    while (refused[last]->syn - refused[first]->syn >= 1min) ++first;
    pace.most = std::max(pace.most, last - first + 1);
  }
  return pace;
}

WaitStatistics statistics_of(const std::vector<Duration>& waits) {
  const auto count = static_cast<double>(waits.size());
  double mean = 0;
  for (const Duration wait : waits) mean += to_seconds(wait) / count;
  double variance = 0;
  for (const Duration wait : waits) variance += std::pow(to_seconds(wait) - mean, 2) / count;
  return {.mean = mean,
          .deviation = std::sqrt(variance),
          .grows = std::ranges::is_sorted(waits) && waits.front() != waits.back()};
}

}  // namespace sipharness::observed
