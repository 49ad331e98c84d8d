#pragma once
// Numbers of ours, which no RFC and no guide gives. The catalogue's prose cites them as "policy:
// ...".

#include "harness/base/time.hpp"

namespace sipharness::policy {

/// Who refused something, or failed, has had no time to mend anything sooner than this (REG-11,
/// FO-EXPSHORT).
inline constexpr Duration least_wait = 5s;
/// The account was refused: only a person can mend that (REG-15).
inline constexpr Duration least_wait_after_refusal = 30s;
/// A wait shorter than this is none (REG-11).
inline constexpr Duration no_wait = 1s;
/// What follows a repeated 200 this soon follows from it (RFC6026-01).
inline constexpr Duration reaction_to_repeated_200 = 2s;
/// What the device does within so long of a message may have crossed it: one round trip (UAS-2XX,
/// RFC6026-01).
inline constexpr Duration round_trip_slack = 50ms;
/// A refresh that is answered this close to the lapse is remarked (REG-09).
inline constexpr Duration thin_margin = 1s;
/// A REGISTER this soon after a 423 is its second try (REG-12).
inline constexpr Duration time_to_retry_after_423 = 5s;

}  // namespace sipharness::policy
