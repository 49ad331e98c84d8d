#include "harness/dut/reference_ua/outgoing_call.hpp"

#include <utility>

#include "harness/dut/reference_ua/timing_policy.hpp"

namespace sipharness::dut {

OutgoingCall::OutgoingCall(UaCore& core, std::string number, std::vector<Server*> route)
    : core_(core),
      identity_{.number = std::move(number),
                .call_id = core.rng().hex(24),
                .from_tag = core.rng().hex(16)},
      route_(std::move(route)) {}

void OutgoingCall::start(Duration delay) {
  if (delay == 0s) return try_next();
  wait_ = core_.world().call_after(delay, [this] { try_next(); });
}

OutgoingLeg& OutgoingCall::add_leg(Server& server) {
  auto& leg = legs_.emplace_back();
  leg = std::make_unique<OutgoingLeg>(
      core_, server, identity_,
      OutgoingLeg::Events{
          .on_answered = [this, index = legs_.size() - 1](
                             sip::Dialog dialog,
                             const sip::Hop& hop) { on_answered(*legs_[index], dialog, hop); },
          .on_unavailable = [this] { on_unavailable(); },
          .on_refused = [this] { end(); },
          .on_provisional = [this] { on_provisional(); }});
  return *leg;
}

void OutgoingCall::try_next() {
  const auto& options = core_.options();
  Server& server = *route_[next_++];
  add_leg(server).start();
  if (const auto patience = dut::patience(options.profile, options.deviations, server.role))
    wait_ = core_.world().call_after(*patience, [this] { on_impatient(); });
}

void OutgoingCall::on_unavailable() {
  wait_.cancel();
  const bool stays = core_.deviates(Deviation::never_falls_back);
  if (next_ == route_.size() || stays) return end();
  const Duration pause = pause_before_fallback(core_.options().deviations);
  if (pause == 0s) return try_next();
  wait_ = core_.world().call_after(pause, [this] { try_next(); });
}

void OutgoingCall::on_impatient() {
  if (next_ == route_.size()) return;
  OutgoingLeg& left = *legs_.back();
  core_.deviates(Deviation::falls_back_before_repeating) ? left.abort() : left.give_up();
  try_next();
}

void OutgoingCall::on_provisional() {
  wait_.cancel();
  if (core_.deviates(Deviation::calls_secondary_beside_primary) && next_ < route_.size())
    add_leg(*route_[next_++]).start();
}

void OutgoingCall::on_answered(OutgoingLeg& answered, sip::Dialog dialog, const sip::Hop& hop) {
  wait_.cancel();
  session_ = std::make_unique<Session>(
      core_,
      Session::Peer{
          .dialog = std::move(dialog), .hop = hop, .server = answered.server(), .caller = true},
      [this] { over_ = true; });
  for (const auto& leg : legs_) leg->give_up();
}

void OutgoingCall::hang_up() {
  if (session_) return session_->hang_up();
  for (const auto& leg : legs_) leg->give_up();
  end();
}

void OutgoingCall::end() {
  // No fallback after the user has gone, whatever becomes of the legs (§9.1).
  wait_.cancel();
  over_ = true;
}

bool OutgoingCall::take_stray(const sip::MessageView& response) {
  for (const auto& leg : legs_)
    if (leg->take_stray(response)) return true;
  return false;
}

}  // namespace sipharness::dut
