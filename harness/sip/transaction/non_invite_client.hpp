#pragma once
// The non-INVITE client transaction as a pure function. Lay it beside RFC 3261 figure 6.
// @source RFC 3261 §17.1.2.2

#include "harness/sip/transaction/step.hpp"

namespace sipharness::sip {

struct NonInviteClient {
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  enum class Event : std::uint8_t {
    start,        ///< the transaction user's request
    provisional,  ///< 1xx
    success,      ///< 2xx
    failure,      ///< 300-699
    timer_e,
    timer_f,
    timer_k,
    transport_error,
  };
  static Event fired(TimerName timer);

  State state = State::trying;
  Duration interval{};  ///< that Timer E was last armed with
  int repeats = 0;      ///< of the request
  bool operator==(const NonInviteClient&) const = default;
};

Step<NonInviteClient> step(NonInviteClient now, NonInviteClient::Event event,
                           const ClientRules& rules);

}  // namespace sipharness::sip
