#pragma once
// T1 as a capture shows it, for a phone whose profile does not say it.
//  1. A series is what a request over UDP was sent until its first response: at least three
//     intervals that double, none of them before the capture.
//  2. A whole series ran until Timer B or F and has every transmission: one shows T1. Of others it
//     takes two, since a copy that was lost before the capture makes T1 look twice as long.
//  3. All of them agree, or nothing is known.
// @source RFC 3261 §17.1.1.1, §17.1.1.2, §17.1.2.2

#include <optional>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// Nothing where series are few or disagree, or where T1 would be shorter than a device may have
/// it: 0.45 s with a little haste (smaller values are not recommended), or longer than an hour.
std::optional<Duration> observed_t1(const Phone& phone);

/// The longest that T1 may be where it is not known: the first interval of that transaction, or so
/// long that no capture lasts until its end.
Duration longest_t1(const Phone& phone, const Transaction& transaction);

/// A capture without journal need not show the first transmission: one that came an interval
/// earlier, or T2 where there is one transmission alone, would lie before it.
bool may_have_begun_unseen(const Phone& phone, const Transaction& transaction);

}  // namespace sipharness::observed
