#pragma once
// Numbers of ours, which no RFC and no guide gives. The catalogue's prose cites them as "policy:
// ...".

#include "harness/base/time.hpp"

namespace sipharness::policy {

/// The least wait before what failed or was rejected is tried again (AUTH-06).
inline constexpr Duration least_wait = 5s;
/// How soon a challenge is answered (AUTH-01, AUTH-05).
inline constexpr Duration time_to_answer_challenge = 2s;
/// An INVITE this soon after a 422 is its second try (RFC4028-03).
inline constexpr Duration time_to_retry_after_422 = 5s;
/// Watched for so long, a device that does not subscribe again has shown that it will not
/// (RFC6665-04).
inline constexpr Duration time_to_subscribe_again = 30s;

}  // namespace sipharness::policy
