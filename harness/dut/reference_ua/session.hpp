#pragma once
// A confirmed call, whoever made it: its dialog, hang-up, hold and resume, what the peer asks
// within it, and our 2xx until the peer acknowledges it. Contract:
//  1. on_over is called once, when the session has ended by either side or by failure.
//  2. After hang_up() nothing but the BYE is sent, and the ACK that a 2xx to an INVITE of ours
//  still
//     draws (§13.2.2.4); the session is over at once (§15.1.1).
// @source RFC 3261 §12.2, §13.3.1.4, §14, §15

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/dut/reference_ua/session_timer.hpp"
#include "harness/dut/reference_ua/ua_core.hpp"
#include "harness/sip/transaction/reliable_2xx.hpp"

namespace sipharness::dut {

class Session {
 public:
  struct Peer {
    sip::Dialog dialog;
    sip::Hop hop;
    Server& server;      ///< whose credentials serve in the dialog
    bool caller = true;  ///< we made the call, and so own its Call-ID
  };

  Session(UaCore& core, Peer peer, std::function<void()> on_over);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const sip::Dialog& dialog() const { return peer_.dialog; }
  bool is_over() const { return over_; }
  bool matches(const sip::MessageView& message) const { return peer_.dialog.matches(message); }

  void hang_up();
  /// The session timer that the answer to our INVITE settled. @source RFC 4028 §7.2
  void keep_alive(const std::optional<SessionInterval>& interval) { timer_.start(interval); }
  /// A re-INVITE with another media direction; false while another one is under way.
  bool set_direction(sip::MediaDirection direction);
  /// Accepts an INVITE: 200 with SDP, repeated until its ACK comes.
  void accept(const TransactionPtr& invite);
  /// A request that matches.
  void take_request(const TransactionPtr& transaction);
  void take_ack(const sip::MessageView& ack);

 private:
  void send_reinvite();
  void send_reinvite_to(const sip::Hop& hop);
  void refresh();
  void on_reinvite_unanswered();
  void on_reinvite_response(const sip::MessageView& response);
  void retry_after_glare();
  void send_bye();
  /// What deviations add to it.
  void send_more_than_a_bye();
  void on_bye_response(const sip::MessageView& response);
  void take_reinvite(const TransactionPtr& transaction);
  void take_update(const TransactionPtr& transaction);
  /// Takes the session interval that a request of the peer asks for, and writes it into our 2xx.
  void answer_session_timer(const sip::MessageView& request, sip::MessageBuilder& response);
  void end();

  UaCore& core_;
  Peer peer_;
  std::function<void()> on_over_;
  bool over_ = false;
  bool may_authorize_ = true;
  sip::MediaDirection direction_ = sip::MediaDirection::sendrecv;
  std::uint64_t media_version_ = 1;
  bool reinviting_ = false;
  bool refreshing_ = false;
  ClientRequest request_;  ///< the re-INVITE
  ClientRequest bye_;
  std::string reinvite_ack_;
  std::uint32_t answered_cseq_ = 0;
  std::unique_ptr<sip::Reliable2xx> unacknowledged_;
  world::Timer glare_;
  SessionTimer timer_;
  // Of the deviations tells_the_other_server_too and asks_after_its_bye.
  ClientRequest aside_;
  world::Timer afterthought_;
};

}  // namespace sipharness::dut
