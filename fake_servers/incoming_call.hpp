#pragma once
// The far end called by the device: 100 at once, 180 and 200 when the plan says, CANCEL until then.
//  1. The 100 is the caller's of this.
//  2. Where the plan and the device want it, the 180 is reliable: repeated like a 2xx until a PRACK
//     names it.
// @source RFC 3261 §8.2.6, §9.2, §13.3.1; RFC 3262 §3

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fake_servers/call.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

class IncomingCall {
 public:
  IncomingCall(ServerCore& core, TransactionPtr invite, sipharness::scenario::FarEnd plan,
               const std::vector<sipharness::scenario::Router>& record_route);

  Call& call() { return call_; }
  const std::string& tag() const { return call_.dialog().local_tag(); }
  /// Who made it.
  const sipharness::IpAddress& peer() const { return invite_->hop().remote.address; }
  /// Of its INVITE's transaction, which a CANCEL names.
  std::uint64_t key() const { return key_; }
  /// 487, if there is no final response yet.
  void cancel();
  /// A request within its dialog, early or not.
  void on_request(const TransactionPtr& transaction);

 private:
  void ring();
  /// A 180 that is sent again until its PRACK comes. @source RFC 3262 §3
  void ring_reliably(MessageBuilder response);
  void on_prack(ServerTransaction& prack);
  void answer();
  /// If there is no final response yet.
  void refuse(int status);

  ServerCore& core_;
  TransactionPtr invite_;
  std::uint64_t key_;
  sipharness::scenario::FarEnd plan_;
  Call call_;
  std::uint32_t rseq_ = 0;  ///< of the last reliable response
  std::optional<sipharness::sip::Reliable2xx> unacknowledged_ring_;
  sipharness::world::Timer ring_;
  sipharness::world::Timer answer_;
  sipharness::world::Timer hang_up_;
};

}  // namespace fake_servers
