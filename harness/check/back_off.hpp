#pragma once
// How RFC 3261 spaces what is sent again: after T1, then twice as long each time, with or without
// the cap of T2. Both sides of a transaction and the 2xx of a UAS are held to it from here.
// @source RFC 3261 §13.3.1.4, §17.1.1.2 (Timer A), §17.1.2.2 (E), §17.2.1 (G)

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/judge.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::check {

/// Interval k (from 0) between transmissions k and k + 1.
using BackOff = std::function<Duration(std::size_t)>;

BackOff doubling(const Phone& phone);
/// The cap that Timer A has not.
BackOff doubling_to_t2(const Phone& phone);

/// How many transmissions fit before 64·T1.
std::size_t full_count(const Phone& phone, const BackOff& back_off);

/// What was lost before it came to a capture at the server cannot be missed.
bool may_be_lost_on_the_way(const Phone& phone);

/// Two transmissions of the device and the time that should lie between them.
struct Interval {
  trace::ServerRole server = trace::ServerRole::none;
  std::size_t before = 0;
  std::size_t after = 0;
  Duration nominal{};
};

/// Holds one interval to its nominal length, with the tolerance of timers; false if a transmission
/// in between may have been lost, so that nothing more can be said of what follows. Leaves `it`
/// about the interval.
bool judge_interval(const Phone& phone, const Interval& interval, std::string_view what,
                    Occurrence& it);

/// Copies of one message of the device, in order.
struct Copies {
  trace::ServerRole server = trace::ServerRole::none;
  std::vector<std::size_t> messages;
  std::string what;  ///< "INVITE", "486 to INVITE"
};

/// Holds each interval between two copies to its place in `back_off`, if there are three or more:
/// one interval alone cannot show a back-off. Leaves `it` about the last interval. False if T1 or
/// T2 is not known and the copies go by another one, so that no count of them can be held against
/// it.
bool judge_intervals(const Phone& phone, const Copies& copies, const BackOff& back_off,
                     Occurrence& it);

}  // namespace sipharness::check
