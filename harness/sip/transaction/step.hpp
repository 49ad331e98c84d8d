#pragma once
// The vocabulary of the four transaction machines: each is a pure function from (state, event) to
// the next state and the actions to carry out, and this is what actions are. The TransactionLayer
// carries them out in their order. @source RFC 3261 §17, Table 4; RFC 6026 §7

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>

#include "harness/base/time.hpp"
#include "harness/sip/timers.hpp"
#include "harness/sip/transaction/quirks.hpp"

namespace sipharness::sip {

/// What a machine is told of its surroundings.
template <class Quirks>
struct TransactionRules {
  const Timers& timers;
  const Quirks& quirks;
  bool reliable = false;  ///< the transport is a stream
};
using ClientRules = TransactionRules<ClientQuirks>;
using ServerRules = TransactionRules<ServerQuirks>;

/// RFC 3261's and RFC 6026's letters; `trying` is §17.2.1's 200 ms until a 100.
enum class TimerName : std::uint8_t { none, a, b, d, e, f, g, h, i, j, k, l, m, trying };

/// Whether `timer` paces transmissions; every other one ends a state. A transaction never has two
/// of one sort: arming one replaces the other.
constexpr bool is_pacer(TimerName timer) {
  return timer == TimerName::a || timer == TimerName::e || timer == TimerName::g ||
         timer == TimerName::trying;
}

enum class Act : std::uint8_t {
  send,              ///< the request, or the response last given: for the first time or again
  send_ack,          ///< of an INVITE client, to a non-2xx
  send_trying,       ///< of an INVITE server: a 100 of its own
  deliver,           ///< the message at hand to the transaction user
  report_timeout,    ///< to the transaction user
  report_transport,  ///< to the transaction user: the transport failed
  report_ack,        ///< of an INVITE server: its non-2xx was acknowledged
  arm,
  disarm,
};

struct Action {
  constexpr Action(Act what = Act::send, TimerName which = TimerName::none, Duration in = {})
      : act(what), timer(which), after(in) {}

  Act act;
  TimerName timer;  ///< of arm and disarm
  Duration after;   ///< of arm
  bool operator==(const Action&) const = default;
};

constexpr Action arm(TimerName timer, Duration after) {
  return {Act::arm, timer, after};
}
constexpr Action disarm(TimerName timer) {
  return {Act::disarm, timer, {}};
}

/// Up to four actions, in order. What calls the transaction user stands last, so that a user who
/// ends the transaction from there finds nothing left to be done.
class Actions {
 public:
  Actions() = default;
  Actions(std::initializer_list<Action> actions) {
    for (const Action& action : actions) add(action);
  }

  void add(Action action) { actions_.at(size_++) = action; }
  const Action* begin() const { return actions_.data(); }
  const Action* end() const { return actions_.data() + size_; }
  bool operator==(const Actions& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

 private:
  std::array<Action, 4> actions_{};
  std::size_t size_ = 0;
};

/// What a machine says to one event. `Machine` is its state, with the interval it has reached.
template <class Machine>
struct Step {
  Machine next;
  Actions actions;
};

/// The interval after `interval`: double, and no longer than `cap`.
inline Duration doubled(Duration interval, Duration cap) {
  return std::min(2 * interval, cap);
}

/// `duration` times a quirk's factor; exact where the factor is 1.
inline Duration scaled(Duration duration, double factor) {
  return factor == 1.0 ? duration : from_seconds(to_seconds(duration) * factor);
}

}  // namespace sipharness::sip
