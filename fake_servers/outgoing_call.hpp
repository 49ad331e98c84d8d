#pragma once
// The far end calling the device: INVITE to one binding, ACK to every 2xx, and giving up.
// @source RFC 3261 §9.1, §13.1, §13.2

#include <optional>
#include <string>

#include "fake_servers/call.hpp"
#include "fake_servers/fake_server.hpp"
#include "fake_servers/registrar.hpp"
#include "fake_servers/repeater.hpp"

namespace fake_servers {

class OutgoingCall {
 public:
  /// Sends the INVITE, of a call of its own or `as` that of another server.
  OutgoingCall(ServerCore& core, const Binding& callee, const sipharness::scenario::Sending& how,
               const std::optional<CallName>& as = {});
  ~OutgoingCall();
  OutgoingCall(const OutgoingCall&) = delete;
  OutgoingCall& operator=(const OutgoingCall&) = delete;

  const std::string& tag() const { return name_.from_tag; }
  const CallName& name() const { return name_; }
  bool is_over() const { return is_refused_ || (call_ && call_->is_over()); }
  /// Null until the device answered.
  Call* call() { return call_ ? &*call_ : nullptr; }
  /// BYE if it is up, else CANCEL as soon as §9.1 lets us.
  void hang_up(const sipharness::scenario::Sending& how);

 private:
  std::string make_invite(const Binding& callee);
  void on_response(const MessageView& response);
  void on_success(const MessageView& response);
  void acknowledge();
  void cancel_once();

  ServerCore& core_;
  CallName name_;
  Hop hop_;
  MediaSession media_;
  std::string invite_;
  std::string ack_;  ///< as first sent: a repeated 2xx draws the same bytes
  std::optional<Call> call_;
  bool has_provisional_ = false;
  bool is_given_up_ = false;
  bool is_cancelled_ = false;
  bool is_refused_ = false;
  sipharness::sip::ClientId transaction_;
  std::optional<Repeater> repeats_;
};

}  // namespace fake_servers
