#pragma once
// One call of the far end, either way round, from the moment its dialog exists: session
// description, 2xx until its ACK, requests within the dialog, media, hanging up.
//  1. It is early until answer() or confirm(), then up, then over; over is final.
//  2. A 2xx is sent again until its ACK comes; without one the call ends with BYE after 64*T1.
//  3. hang_up() before the ACK waits for it (§15: the callee must).
// @source RFC 3261 §12.2.2, §13.3.1.4, §14.2, §15; RFC 3311 (UPDATE)

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fake_servers/media_session.hpp"
#include "fake_servers/repeater.hpp"
#include "fake_servers/server_core.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/dialog.hpp"
#include "harness/sip/transaction/reliable_2xx.hpp"

namespace fake_servers {

class Call {
 public:
  /// `hop` is by which the peer was heard.
  Call(ServerCore& core, sipharness::sip::Dialog dialog, const Hop& hop, MediaSession media);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool is_early() const { return state_ == State::early; }
  bool is_up() const { return state_ == State::up; }
  bool is_over() const { return state_ == State::over; }
  const sipharness::sip::Dialog& dialog() const { return dialog_; }
  const sipharness::IpAddress& peer() const { return hop_.remote.address; }

  /// Its responses say that it came through these proxies.
  void pass_through(std::vector<sipharness::scenario::Router> routers) {
    routers_ = std::move(routers);
  }
  /// What a response to `invite` must say of the proxies between us and the peer.
  void add_routes(const MessageView& invite, MessageBuilder& response) const;
  /// What it asks of a peer that supports session timers. @source RFC 4028 §9
  void ask_for(const std::optional<sipharness::scenario::SessionTimer>& session) {
    session_ = session;
  }
  /// 200 to the INVITE that made the dialog, or to one within it.
  void answer(const TransactionPtr& invite);
  /// The peer answered our INVITE with `response`; the ACK is the caller's.
  void confirm(const MessageView& response);
  void on_ack(const MessageView& ack);
  /// A request within the dialog once it is up; not ACK.
  void on_request(const TransactionPtr& transaction);
  /// Sends such a request in the call, if it is up: with an offer where it changes the session, to
  /// another far end where it refers.
  void ask(Method method);
  void hang_up(const sipharness::scenario::Sending& how);
  /// Ends it without a word: it never came up, or the peer said BYE.
  void end();

 private:
  enum class State : std::uint8_t { early, up, over };

  void on_reinvite(const TransactionPtr& transaction);
  void accept_with_description(ServerTransaction& transaction);
  MessageBuilder success(const ServerTransaction& transaction);
  void settle_session(const MessageView& request, MessageBuilder& response);
  void refresh_later();
  void refresh();
  void on_reinvite_answered(const std::string& invite, const MessageView& response);
  void send_bye(const sipharness::scenario::Sending& how);

  ServerCore& core_;
  sipharness::sip::Dialog dialog_;
  Hop hop_;
  MediaSession media_;
  std::vector<sipharness::scenario::Router> routers_;
  State state_ = State::early;
  bool hangs_up_when_acknowledged_ = false;
  std::optional<sipharness::sip::Reliable2xx> unacknowledged_;
  std::optional<Repeater> repeated_bye_;
  std::optional<sipharness::scenario::SessionTimer> session_;
  std::vector<sipharness::sip::ClientId> requests_;  ///< that it asked
  Duration interval_{};                              ///< that was settled last
  sipharness::world::Timer refresh_;
};

}  // namespace fake_servers
