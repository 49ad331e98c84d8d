#pragma once
// One call's try at one server: the INVITE with its challenge, CANCEL, and whatever answer comes,
// however late. Contract:
//  1. Of on_answered, on_unavailable and on_refused one is called at most, and none after hang_up()
//     or leave().
//  2. CANCEL waits for a provisional response and for somebody to give up (§9.1).
//  3. Every 2xx is acknowledged; one that nobody wants any more is ended by BYE (§13.2.2.4).
// @source RFC 3261 §9.1, §13.2, §17.1.1; RFC 3263 §4.3; RFC 6026 §8.3

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/dut/reference_ua/session_timer.hpp"
#include "harness/dut/reference_ua/ua_core.hpp"

namespace sipharness::dut {

/// What the legs of one call have in common. @source RFC 3263 §4.3: "the same request"
struct CallIdentity {
  std::string number;
  std::string call_id;
  std::string from_tag;
  std::uint32_t cseq = 1;
  std::optional<Duration> session{};  ///< the session interval it asks for
  std::string first_route{};          ///< of the deviation keeps_the_route_of_the_first_server
};

class OutgoingLeg {
 public:
  struct Events {
    std::function<void(sip::Dialog, const sip::Hop&)> on_answered;
    /// 503, a transport failure, or no response at all. @source RFC 3263 §4.3
    std::function<void()> on_unavailable;
    std::function<void()> on_refused;
    std::function<void()> on_provisional;
  };

  OutgoingLeg(UaCore& core, const Stop& stop, CallIdentity& identity, Events events);
  OutgoingLeg(const OutgoingLeg&) = delete;
  OutgoingLeg& operator=(const OutgoingLeg&) = delete;

  void start();
  /// The call is over or goes elsewhere: what still comes is unwanted.
  void give_up();
  /// The same, and the INVITE is not repeated either.
  void abort();
  /// CANCEL, whatever came before; once.
  void cancel();
  bool was_heard() const { return had_provisional_ || state_ == State::finished; }
  /// A provisional response came after the answer; only by a deviation is it heard.
  bool rings_again() const { return rings_again_; }
  /// A response that matched no transaction any more; false if it is not to this leg's INVITE.
  bool take_stray(const sip::MessageView& response);
  Server& server() { return server_; }
  /// What its answer settled. @source RFC 4028 §7.2
  const std::optional<SessionInterval>& session_interval() const { return session_interval_; }

 private:
  /// Route of the INVITE; empty: none.
  const std::string& preloaded_route();
  enum class State : std::uint8_t { wanted, unwanted, finished };
  struct Acknowledged {
    std::string ack;
    sip::Hop hop;
  };

  void on_response(const sip::MessageView& response);
  void on_provisional(const sip::MessageView& response);
  /// PRACK to a reliable one that is the first or follows the last. @source RFC 3262 §4
  void acknowledge_provisional(const sip::MessageView& response);
  void on_success(const sip::MessageView& response);
  void on_challenge(const sip::MessageView& response);
  /// 422: asks once more with what the server wants at least. @source RFC 4028 §7.3
  void on_interval_too_small(const sip::MessageView& response);
  void on_rejection(const sip::MessageView& response);
  /// Whether a rejection says that the server, not the call, has failed.
  bool is_of_the_server(int status);
  void on_failure(sip::ClientFailure failure);
  void start_again(Duration after);
  Duration delay_before_reconnect() const;
  void on_silence();
  void take_late_response(const sip::MessageView& response);
  void end_unwanted(sip::Dialog& dialog, const sip::Hop& hop);
  bool finish();

  UaCore& core_;
  Server& server_;
  Endpoint machine_;
  CallIdentity& identity_;
  Events events_;
  State state_ = State::wanted;
  int repairs_left_ = 2;  ///< a challenge and one stale nonce
  int tries_left_ = 1;    ///< after a connection was lost
  bool had_provisional_ = false;
  bool cancelled_ = false;
  bool rings_again_ = false;
  std::optional<SessionInterval> session_interval_;
  ClientRequest invite_;
  ClientRequest cancel_;
  std::map<std::string, Acknowledged, std::less<>> acknowledged_;  ///< by To tag, so forks too
  struct Early {
    sip::Dialog dialog;
    std::uint32_t rseq = 0;  ///< acknowledged last
  };
  std::map<std::string, Early, std::less<>> early_;  ///< by To tag, of reliable provisionals
  std::vector<ClientRequest> pracks_;
  std::vector<ClientRequest> byes_;
  world::Timer expiry_;    ///< of a cancelled INVITE
  world::Timer late_end_;  ///< of the deviation ends_a_late_answer_late
  world::Timer again_;
};

}  // namespace sipharness::dut
