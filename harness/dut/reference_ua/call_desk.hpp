#pragma once
// All calls of the reference UA: dials, takes incoming ones, carries out the actions of the user on
// the newest, and finds the call that a message belongs to. Calls that ended are kept for a while,
// since late answers to them may still come.

#include <memory>
#include <string>
#include <vector>

#include "harness/dut/reference_ua/incoming_call.hpp"
#include "harness/dut/reference_ua/outgoing_call.hpp"

namespace sipharness::dut {

class CallDesk {
 public:
  explicit CallDesk(UaCore& core) : core_(core) {}

  // The actions of the user; false if there is no call to do it to.
  void dial(std::string number, std::vector<Stop> route, Duration delay);
  bool answer();
  bool reject();
  bool hang_up();
  bool set_direction(sip::MediaDirection direction);
  void hang_up_all();

  // What comes from the wire; false if it belongs to no call.
  void take_invite(const TransactionPtr& invite, Server& from);
  bool take_cancel(sip::ServerTransaction& cancel);
  bool take_request(const TransactionPtr& transaction);
  void take_ack(const sip::MessageView& ack);
  void take_stray(const sip::MessageView& response);

 private:
  bool is_merged(const sip::MessageView& invite) const;
  Call* newest_live();
  IncomingCall* ringing();
  void forget_oldest();

  UaCore& core_;
  std::vector<std::unique_ptr<Call>> calls_;  ///< oldest first
};

}  // namespace sipharness::dut
