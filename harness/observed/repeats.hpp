#pragma once
// Requests that were refused and sent again at once, over and over: a device that spins.
// @source RFC 3261 §8.1.3.4, §8.1.3.5, §10.2.7, §10.2.8, §21.4

#include <cstddef>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// policy: how often in a minute a request may be repeated that is refused each time (FO-HERD-03).
/// A challenge, a stale nonce and a 423 together take fewer.
inline constexpr std::size_t most_repeats_a_minute = 12;

/// Requests of one kind (method, server, Request-URI, To, event package, what a MESSAGE or INFO
/// says) in a row, each refused with 3xx-6xx, or a REGISTER accepted for nothing (grants.hpp).
/// Another 2xx ends it; so does a 491, which orders the repeat. Or a minute with more registrations
/// than these may be, all of them accepted.
struct RefusedSeries {
  std::vector<const Transaction*> refused;  ///< policy::enough_attempts or more, by time
  std::size_t most = 0;                     ///< in any minute, none after a pause
  bool is_accepted = false;                 ///< registrations, each made anew long before its time
};

std::vector<RefusedSeries> find_refused_series(const Phone& phone);
inline const std::vector<RefusedSeries>& refused_series(const Phone& phone) {
  return phone.derived<find_refused_series>();
}

/// All requests of the series.
Evidence evidence_of(const Phone& phone, const RefusedSeries& series);

}  // namespace sipharness::observed
