#pragma once
// The non-INVITE server transaction as a pure function. Lay it beside RFC 3261 figure 8.
// @source RFC 3261 §17.2.2

#include "harness/sip/transaction/step.hpp"

namespace sipharness::sip {

struct NonInviteServer {
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  enum class Event : std::uint8_t {
    start,        ///< the first request
    request,      ///< the request again
    provisional,  ///< 1xx from the transaction user
    success,      ///< 2xx from the transaction user
    failure,      ///< 300-699 from the transaction user
    timer_j,
    transport_error,
  };
  static Event fired(TimerName timer);

  State state = State::trying;
  int repeats = 0;  ///< of the final response
  bool operator==(const NonInviteServer&) const = default;
};

Step<NonInviteServer> step(NonInviteServer now, NonInviteServer::Event event,
                           const ServerRules& rules);

}  // namespace sipharness::sip
