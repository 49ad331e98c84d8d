#include "harness/observed/coverage.hpp"

#include <algorithm>
#include <iterator>

#include "harness/observed/grants.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/tolerances.hpp"

namespace sipharness::observed {
namespace {

/// The last attempt at `server` that made a binding before `at`; null if there is none.
const RegisterAttempt* last_bound(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto later = std::ranges::lower_bound(bindings(phone), at, {}, &Binding::from);
  const auto last = std::find_if(std::reverse_iterator(later), bindings(phone).rend(),
                                 [&](const Binding& one) { return one.server == server; });
  return last == bindings(phone).rend() ? nullptr : &attempts(phone)[last->attempt];
}

}  // namespace

Coverage coverage_of(const Phone& phone, ServerRole server, const trace::Span& span) {
  Coverage found{.gaps = {}, .until = span.from, .last = last_bound(phone, server, span.until)};
  for (const Binding& binding : bindings(phone)) {
    if (binding.server != server || binding.believed_until <= found.until ||
        binding.from > span.until)
      continue;
    const RegisterAttempt& attempt = attempts(phone)[binding.attempt];
    const Duration gap = binding.from - found.until;
    const Duration granted = attempt.granted.value_or(Duration::zero());
    if (gap > registration_tolerance(phone, granted).value)
      found.gaps.push_back({last_bound(phone, server, binding.from), &attempt, found.until, gap});
    found.until = binding.believed_until;
  }
  return found;
}

const RegisterAttempt* unknown_grant_in(const Phone& phone, ServerRole server,
                                        const trace::Span& span) {
  const RegisterAttempt* before = last_bound(phone, server, span.from);
  if (before != nullptr && !is_grant_known(*before)) return before;
  for (const RegisterAttempt* attempt : unknown_grants(phone))
    if (attempt->server == server && attempt->ok > span.from && attempt->ok < span.until)
      return attempt;
  return nullptr;
}

bool was_taken_back(const Phone& phone, ServerRole server, CaptureTime at) {
  return std::ranges::any_of(attempts_at(phone, server), [&](const RegisterAttempt* one) {
    return one->unregister && one->ok == at;
  });
}

std::optional<Duration> overdue_at(const Phone& phone, const RegisterAttempt& last,
                                   CaptureTime until) {
  if (until < phone.trace.last || &last != attempts_at(phone, last.server).back())
    return std::nullopt;
  const CaptureTime due = *last.ok + latest_refresh(phone, *last.granted);
  if (until <= due + registration_tolerance(phone, *last.granted).value) return std::nullopt;
  return until - due;
}

}  // namespace sipharness::observed
