#pragma once
// A call that a server sends to us: rings at once, then the user answers or rejects it, or the
// caller cancels. @source guide.txt, Case 2 ("receiving calls"); RFC 3261 §13.3, §9.2

#include <string>

#include "harness/dut/reference_ua/call.hpp"

namespace sipharness::dut {

class IncomingCall final : public Call {
 public:
  IncomingCall(UaCore& core, Server& server, TransactionPtr invite);

  void start();
  /// The INVITE of this call, on another way. @source RFC 3261 §8.2.2.2
  bool is_merged_with(const sip::MessageView& invite) const;
  bool is_ringing() const { return !over_ && session_ == nullptr; }
  void answer();
  void reject();
  void hang_up() override;
  bool is_over() const override { return over_; }
  bool take_stray(const sip::MessageView&) override { return false; }
  bool take_cancel(sip::ServerTransaction& cancel) override;

 private:
  void ring();
  void refuse(int status);
  /// The caller asks for a shorter session than we accept.
  bool is_too_short() const;
  void refuse_interval();

  UaCore& core_;
  Server& server_;
  TransactionPtr invite_;
  std::string tag_;
  world::Timer keep_ringing_;
  bool over_ = false;
};

}  // namespace sipharness::dut
