#pragma once
// A call the user makes: tried at the servers it is given, one after the other, until one answers,
// refuses, or the user gives up. @source guide.txt, Case 2; RFC 3263 §4.3

#include <memory>
#include <string>
#include <vector>

#include "harness/dut/reference_ua/call.hpp"
#include "harness/dut/reference_ua/outgoing_leg.hpp"

namespace sipharness::dut {

class OutgoingCall final : public Call {
 public:
  /// `route` is tried in order; not empty.
  OutgoingCall(UaCore& core, std::string number, std::vector<Stop> route);

  void start(Duration delay);
  void hang_up() override;
  bool is_over() const override { return over_; }
  bool take_stray(const sip::MessageView& response) override;
  bool take_cancel(sip::ServerTransaction&) override { return false; }

 private:
  void try_next();
  OutgoingLeg& add_leg(const Stop& stop);
  void on_answered(OutgoingLeg& leg, sip::Dialog dialog, const sip::Hop& hop);
  void on_unavailable();
  void on_impatient();
  void on_provisional();
  void end();

  UaCore& core_;
  CallIdentity identity_;
  std::vector<Stop> route_;
  std::size_t next_ = 0;  ///< of the route
  std::vector<std::unique_ptr<OutgoingLeg>> legs_;
  world::Timer wait_;
  bool may_begin_again_;  ///< of the deviation tries_a_third_round
  bool over_ = false;
};

}  // namespace sipharness::dut
