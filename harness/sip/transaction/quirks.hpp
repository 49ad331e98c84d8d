#pragma once
// How a SIP element departs from the book, as data: the reference UA sets these for its deviations,
// a profile for a vendor's habits. Default-constructed they say "by the book", and the transactions
// then are RFC 3261 and RFC 6026 to the letter. One set holds for all transactions of a layer; a
// function that means only some methods looks at the message it is given.
// @source RFC 3261 §17 (what is departed from)

#include <functional>
#include <optional>
#include <string>

namespace sipharness::sip {

/// Makes the bytes of transmission n (1: the first repeat) out of the message as first sent.
using AlterRetransmission = std::function<std::string(std::string message, int transmission)>;

struct ClientQuirks {
  bool cap_timer_a = false;    ///< Timer A stops doubling at T2
  bool uncap_timer_e = false;  ///< Timer E doubles for ever
  /// INVITE goes on being repeated after a provisional response (Timer A; Timer B stays off).
  bool resend_after_provisional = false;
  /// Non-INVITE falls silent after a provisional response (Timer E off; Timer F goes on).
  bool rest_after_provisional = false;
  bool deliver_overtaken = false;     ///< a provisional response that a 2xx overtook is delivered
  bool resend_on_streams = false;     ///< Timers A and E run on streams too
  bool forget_when_answered = false;  ///< no Timer K: a repeated final response is a stray
  bool ack_only_once = false;   ///< a repeated non-2xx final response is not acknowledged again
  double interval_scale = 1.0;  ///< times T1 where Timers A and E take it; B and F stay
  double give_up_factor = 1.0;  ///< times Timers B and F
  /// The request is repeated this often at most; the transaction has timed out when it would be
  /// sent once more. Vendors call it "max request retries". @source requirements AMB-17
  std::optional<int> max_retransmissions{};
  AlterRetransmission alter_retransmission{};  ///< empty: the same bytes again
};

struct ServerQuirks {
  bool uncap_timer_g = false;         ///< Timer G doubles for ever
  bool never_resend_final = false;    ///< a non-2xx final response to INVITE is sent once
  bool ignore_ack = false;            ///< ACK to a non-2xx does not stop Timer G
  bool forget_when_answered = false;  ///< no Timers I, J, L: a repeated request is a new one
  double interval_scale = 1.0;        ///< times T1 where Timer G takes it; H stays
  double give_up_factor = 1.0;        ///< times Timer H
  AlterRetransmission alter_retransmission{};  ///< of final responses; empty: the same bytes again
};

}  // namespace sipharness::sip
