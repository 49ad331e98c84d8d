#pragma once
// The INVITE server transaction as a pure function. Lay it beside RFC 6026 figure 7, which adds
// Accepted to RFC 3261 figure 7 and lets no transport error end the transaction.
// @source RFC 3261 §17.2.1; RFC 6026 §7.1, §8.7

#include "harness/sip/transaction/step.hpp"

namespace sipharness::sip {

struct InviteServer {
  enum class State : std::uint8_t { proceeding, accepted, completed, confirmed, terminated };
  enum class Event : std::uint8_t {
    start,        ///< the first INVITE
    request,      ///< the INVITE again
    ack,          ///< an ACK with the INVITE's branch
    provisional,  ///< 1xx from the transaction user
    success,      ///< 2xx from the transaction user
    failure,      ///< 300-699 from the transaction user
    timer_trying,
    timer_g,
    timer_h,
    timer_i,
    timer_l,
    transport_error,
  };
  static Event fired(TimerName timer);

  State state = State::proceeding;
  Duration interval{};  ///< that Timer G was last armed with
  int repeats = 0;      ///< of the final response, by Timer G or by a repeated INVITE
  bool operator==(const InviteServer&) const = default;
};

Step<InviteServer> step(InviteServer now, InviteServer::Event event, const ServerRules& rules);

}  // namespace sipharness::sip
