#pragma once
// The INVITE client transaction as a pure function. Lay it beside RFC 3261 figure 5, with the
// Accepted state of RFC 6026 figure 5 that takes further 2xx for 64*T1.
// @source RFC 3261 §17.1.1.2; RFC 6026 §7.2, §8.4

#include "harness/sip/transaction/step.hpp"

namespace sipharness::sip {

struct InviteClient {
  enum class State : std::uint8_t { calling, proceeding, completed, accepted, terminated };
  enum class Event : std::uint8_t {
    start,        ///< the transaction user's request
    provisional,  ///< 1xx
    success,      ///< 2xx
    failure,      ///< 300-699
    timer_a,
    timer_b,
    timer_d,
    timer_m,
    transport_error,
  };
  static Event fired(TimerName timer);

  State state = State::calling;
  Duration interval{};  ///< that Timer A was last armed with
  int repeats = 0;      ///< of the request
  bool operator==(const InviteClient&) const = default;
};

Step<InviteClient> step(InviteClient now, InviteClient::Event event, const ClientRules& rules);

}  // namespace sipharness::sip
