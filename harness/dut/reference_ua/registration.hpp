#pragma once
// The registration at one server: asked for at boot, refreshed before it lapses, tried again when
// it failed, for ever. It knows nothing of the other server's. Contract:
//  1. start() sends the first REGISTER at once; the Call-ID is kept until destruction, CSeq rises
//  by
//     one with every new REGISTER.
//  2. on_settled follows every attempt's end, good or bad; is_known_down() and is_registered() then
//     already tell the new truth.
//  3. At most one REGISTER is outstanding.
// @source guide.txt, "SIP Server Redundancy" and Case 1; RFC 3261 §10.2; requirements ALG-ATT

#include <functional>
#include <optional>
#include <string>

#include "harness/dut/reference_ua/ua_core.hpp"

namespace sipharness::dut {

class Registration {
 public:
  struct Events {
    std::function<void()> on_settled;
    /// Asked before each attempt: false holds it back until resume().
    std::function<bool()> may_start;
  };

  Registration(UaCore& core, Server& server, Events events);
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  void start();
  /// Takes the registration back (expiry 0) and does not renew it.
  void unregister();
  /// Registers anew at once, as if a refresh were due; nothing if an attempt is under way already
  /// or the server wants to be left alone.
  void renew();
  /// Registers where we are now, and takes the binding of the Contact that we left back with the
  /// same REGISTER. @source RFC 3261 §10.2.2
  void leave(const std::string& contact);
  /// Starts what may_start held back.
  void resume();
  /// A response that no transaction waits for any more: nothing to a device that does it right.
  void take_stray(const sip::MessageView& response);

  /// The newest finished attempt got a 2xx.
  bool is_registered() const { return standing_ == Standing::up; }
  /// The newest finished attempt failed. @source requirements ALG-KNOWNDOWN
  bool is_known_down() const { return standing_ == Standing::down; }
  bool is_outstanding() const { return outstanding_; }
  /// How many attempts were accepted since boot.
  int accepted() const { return accepted_; }
  /// The newest answer came only to a repeat.
  bool was_answered_late() const { return answered_late_; }

 private:
  enum class Standing : std::uint8_t { unknown, up, down };

  void begin_attempt();
  void send(std::chrono::seconds expires);
  void on_response(const sip::MessageView& response);
  void on_accepted(const sip::MessageView& response);
  bool try_again(const sip::MessageView& response);
  /// Of the deviation registers_anew_for_each_port.
  bool sees_another_port(const sip::MessageView& response);
  void on_failed(Duration wait);
  void settle(Standing standing, Duration next_attempt);
  void on_unreachable(sip::ClientFailure failure);
  /// The same at the next machine of the server; false if all were tried in this attempt.
  /// @source RFC 3263 §4.3
  bool tries_next_machine();
  std::string contact(std::chrono::seconds expires) const;
  std::chrono::seconds expires_header(std::chrono::seconds expires) const;
  const Endpoint& target() const;
  Duration granted(const sip::MessageView& response) const;
  std::optional<std::chrono::seconds> granted_to_contact(const sip::MessageView& response) const;
  std::chrono::seconds asked() const;

  UaCore& core_;
  Server& server_;
  Events events_;
  std::string call_id_;
  std::string from_tag_;
  std::uint32_t cseq_ = 0;
  std::optional<std::chrono::seconds> min_expires_;  ///< from a 423
  int repairs_left_ = 0;           ///< challenges and 423 answered within this attempt
  std::size_t machines_left_ = 0;  ///< not tried within this attempt
  int accepted_ = 0;               ///< attempts, since boot
  int failures_ = 0;               ///< in a row
  std::uint16_t seen_port_ = 0;    ///< of the deviation registers_anew_for_each_port
  std::string learned_route_;      ///< of the deviation routes_by_record_route_of_register
  std::string left_;               ///< a Contact of ours that leads nowhere any more
  bool outstanding_ = false;
  bool answered_late_ = false;
  TimePoint sent_at_;
  bool held_back_ = false;
  bool reconnected_ = false;  ///< within this attempt
  bool unregistering_ = false;
  Standing standing_ = Standing::unknown;
  ClientRequest request_;
  world::Timer next_;
  world::Timer overlap_;
};

}  // namespace sipharness::dut
