#include "harness/check/refresh.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/check/evidence.hpp"

namespace sipharness::check {
namespace {

using trace::RegisterAttempt;

/// The window of I = next.start − previous.ok (AMB-5 for R = 0, AMB-6 for R ≥ E).
verdict::Window refresh_window(const Context& context, Duration granted) {
  const Duration tolerance = registration_tolerance(context, granted).value;
  const Duration before = context.profile.reregister_margin();
  if (before == Duration::zero()) return {.min = granted / 2, .max = granted + tolerance};
  if (before >= granted)
    return {.min = std::min<Duration>(5s, granted / 2), .max = granted, .max_open = true};
  return {.min = granted - before - tolerance, .max = granted - before + tolerance};
}

/// So many OPTIONS in a row went unanswered before the REGISTER that the device was right to look.
bool follows_lost_options(const Context& context, const RegisterAttempt& attempt) {
  const auto& keep_alive = context.profile.options_keepalive;
  int lost = 0;
  for (const trace::Transaction& transaction : context.transactions) {
    const CaptureTime sent = context.opening(transaction).at;
    if (transaction.method != sip::Method::options || transaction.server != attempt.server ||
        transaction.device != attempt.device || sent >= attempt.start ||
        transaction.direction != trace::Direction::from_device)
      continue;
    const bool answered =
        transaction.first_response && context.at(*transaction.first_response) < attempt.start;
    lost = answered ? 0 : lost + 1;
  }
  return lost >= (keep_alive ? keep_alive->max_lost : 1);
}

}  // namespace

std::vector<Refresh> find_refreshes(const Context& context, trace::ServerRole server) {
  std::vector<Refresh> found;
  const auto attempts = context.attempts_at(server);
  for (std::size_t i = 0; i + 1 < attempts.size(); ++i) {
    const RegisterAttempt& previous = *attempts[i];
    const RegisterAttempt& next = *attempts[i + 1];
    if (!previous.ok || !previous.granted || previous.unregister || next.unregister) continue;
    if (next_power_change(context, *previous.ok) <= next.start) continue;
    found.push_back({&previous, &next, *previous.granted});
  }
  return found;
}

bool was_told_min_expires(const Context& context, const trace::RegisterAttempt& attempt) {
  const std::size_t last = attempt.transactions.back();
  return std::ranges::any_of(context.transactions, [&](const trace::Transaction& earlier) {
    return earlier.method == sip::Method::register_ && earlier.server == attempt.server &&
           earlier.final && context.message(*earlier.final).sip.status() == 423 &&
           *earlier.final < context.transactions[last].sends.front();
  });
}

std::size_t most_in_a_minute(const Context& context, trace::ServerRole server) {
  const auto attempts = context.attempts_at(server);
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < attempts.size(); ++last) {
    while (attempts[last]->start - attempts[first]->start > 60s) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

Duration latest_refresh(const Context& context, Duration granted) {
  const Duration before = context.profile.reregister_margin();
  return before < granted ? granted - before : granted;
}

void judge_refresh_period(const Context& context, Judge& judge, const Refresh& refresh) {
  const Measurement measurement{.start = *refresh.previous->ok,
                                .end = refresh.next->start,
                                .window = refresh_window(context, refresh.granted),
                                .tolerance = registration_tolerance(context, refresh.granted),
                                .host_produced = true};
  const Evidence evidence = evidence_of(context, *refresh.next);
  const std::string what =
      fmt::format("refresh at the {} after its 200 (granted {}, Reregister before {})",
                  to_string(refresh.next->server), format_duration(refresh.granted),
                  format_duration(context.profile.reregister_margin()));
  const Duration nominal = latest_refresh(context, refresh.granted);
  const bool early = measurement.measured() < *measurement.window.min;
  // Looking earlier than due, and finding the server gone, is no refresh that could be too early;
  // nor is it when an OPTIONS keep-alive is the reason to look.
  if (early && (!refresh.next->ok || follows_lost_options(context, *refresh.next))) return;
  // Early by less than half is only a warning; with R unused the window already allows it.
  if (early && measurement.measured() > nominal / 2)
    judge.should_be_within(evidence, measurement, what);
  else
    judge.within(evidence, measurement, what);
}

}  // namespace sipharness::check
