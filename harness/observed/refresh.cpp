#include "harness/observed/refresh.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/observed/actions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

namespace {

std::vector<Refresh> find_refreshes_at(const Phone& phone, ServerRole server) {
  std::vector<Refresh> found;
  const auto attempts = attempts_at(phone, server);
  for (std::size_t i = 0; i + 1 < attempts.size(); ++i) {
    const RegisterAttempt& previous = *attempts[i];
    const RegisterAttempt& next = *attempts[i + 1];
    if (!previous.ok || !previous.granted || previous.unregister || next.unregister) continue;
    if (next_power_change(phone, *previous.ok) <= next.start) continue;
    found.push_back({&previous, &next, *previous.granted});
  }
  return found;
}

std::array<std::vector<Refresh>, 3> find_refreshes_by_server(const Phone& phone) {
  return {find_refreshes_at(phone, ServerRole::none), find_refreshes_at(phone, ServerRole::primary),
          find_refreshes_at(phone, ServerRole::secondary)};
}

}  // namespace

const std::vector<Refresh>& refreshes_at(const Phone& phone, ServerRole server) {
  return phone.derived<find_refreshes_by_server>()[static_cast<std::size_t>(server)];
}

std::vector<const Refresh*> find_refreshes(const Phone& phone) {
  std::vector<const Refresh*> found;
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary})
    for (const Refresh& refresh : refreshes_at(phone, server)) found.push_back(&refresh);
  return found;
}

Evidence evidence_of(const Phone& phone, const Refresh& refresh) {
  return evidence_of(phone, *refresh.next);
}

bool was_told_min_expires(const Phone& phone, const RegisterAttempt& attempt) {
  const std::size_t last = attempt.transactions.back();
  return std::ranges::any_of(transactions(phone), [&](const Transaction& earlier) {
    return earlier.method == sip::Method::register_ && earlier.server == attempt.server &&
           earlier.final && phone.message(*earlier.final).sip.status() == 423 &&
           *earlier.final < transactions(phone)[last].sends.front();
  });
}

std::size_t most_in_a_minute(const Phone& phone, ServerRole server) {
  const auto attempts = attempts_at(phone, server);
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < attempts.size(); ++last) {
    while (attempts[last]->start - attempts[first]->start > 60s) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

Duration latest_refresh(const Phone& phone, Duration granted) {
  const Duration before = phone.profile.reregister_margin();
  return before < granted ? granted - before : granted;
}

}  // namespace sipharness::observed
