#pragma once
// The session timer of one call: refreshes are due at half the interval if they are ours, and a
// session that nobody refreshed is given up before its interval is over. Contract:
//  1. start() begins a new interval; the one before is forgotten.
//  2. Without an interval nothing is due.
// @source RFC 4028 §10

#include <functional>
#include <optional>

#include "harness/dut/reference_ua/ua_core.hpp"
#include "harness/sip/session_expires.hpp"

namespace sipharness::dut {

struct SessionInterval {
  Duration expires{};
  bool we_refresh = false;
};

/// What a message settles, seen by whoever sent (`asked`) or got the request; nothing if it says
/// nothing of a session timer.
std::optional<SessionInterval> settled_by(const sip::MessageView& message, bool asked);

class SessionTimer {
 public:
  struct Events {
    std::function<void()> on_refresh_due;
    std::function<void()> on_expiry;
  };
  SessionTimer(UaCore& core, Events events) : core_(core), events_(std::move(events)) {}

  void start(const std::optional<SessionInterval>& interval);
  void stop() { start(std::nullopt); }
  const std::optional<SessionInterval>& interval() const { return interval_; }
  /// The Session-Expires of a request of ours now; empty if we ask for none.
  std::string wish() const;
  /// The same of our 2xx to a request that asks for a session interval.
  std::string answer() const;

 private:
  UaCore& core_;
  Events events_;
  std::optional<SessionInterval> interval_;
  world::Timer refresh_;
  world::Timer expiry_;
};

}  // namespace sipharness::dut
