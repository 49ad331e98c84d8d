#include "harness/dut/reference_ua/outgoing_call.hpp"

#include <utility>

#include "harness/dut/reference_ua/timing_policy.hpp"

namespace sipharness::dut {
namespace {

/// Of the deviation repeats_its_tags.
constexpr std::string_view worn_out_tag = "0123456789abcdef";

}  // namespace

OutgoingCall::OutgoingCall(UaCore& core, std::string number, std::vector<Stop> route)
    : core_(core),
      identity_{.number = std::move(number),
                .call_id = core.rng().hex(24),
                .from_tag = core.deviates(Deviation::repeats_its_tags) ? std::string(worn_out_tag)
                                                                       : core.rng().hex(16),
                .cseq = 1,
                .session = core.profile().session_timer},
      route_(std::move(route)),
      may_begin_again_(core.deviates(Deviation::tries_a_third_round)) {}

void OutgoingCall::start(Duration delay) {
  if (delay == 0s) return try_next();
  wait_ = core_.world().call_after(delay, [this] { try_next(); });
}

OutgoingLeg& OutgoingCall::add_leg(const Stop& stop) {
  const std::size_t index = legs_.size();
  OutgoingLeg::Events events;
  events.on_answered = [this, index](sip::Dialog dialog, const sip::Hop& hop) {
    on_answered(*legs_[index], std::move(dialog), hop);
  };
  events.on_unavailable = [this] { on_unavailable(); };
  events.on_refused = [this] { end(); };
  events.on_provisional = [this] { on_provisional(); };
  legs_.push_back(std::make_unique<OutgoingLeg>(core_, stop, identity_, std::move(events)));
  return *legs_.back();
}

void OutgoingCall::try_next() {
  const auto& options = core_.options();
  const Stop& stop = route_[next_++];
  add_leg(stop).start();
  if (const auto timeout = invite_timeout(options.profile, options.deviations, stop.server->role))
    wait_ = core_.world().call_after(*timeout, [this] { on_impatient(); });
}

void OutgoingCall::on_unavailable() {
  wait_.cancel();
  const bool stays = core_.deviates(Deviation::never_falls_back);
  if (next_ == route_.size() && std::exchange(may_begin_again_, false)) next_ = 0;
  if (next_ == route_.size() || stays) return end();
  const Duration pause = pause_before_fallback(core_.options().deviations);
  if (pause == 0s) return try_next();
  wait_ = core_.world().call_after(pause, [this] { try_next(); });
}

void OutgoingCall::on_impatient() {
  if (next_ == route_.size()) return;
  OutgoingLeg& left = *legs_.back();
  const bool at_once = core_.deviates(Deviation::falls_back_before_repeating) ||
                       core_.deviates(Deviation::leaves_a_slow_primary);
  at_once ? left.abort() : left.give_up();
  try_next();
}

void OutgoingCall::on_provisional() {
  wait_.cancel();
  if (core_.deviates(Deviation::calls_secondary_beside_primary) && next_ < route_.size())
    add_leg(route_[next_++]).start();
}

void OutgoingCall::on_answered(OutgoingLeg& answered, sip::Dialog dialog, const sip::Hop& hop) {
  wait_.cancel();
  session_ = std::make_unique<Session>(
      core_,
      Session::Peer{
          .dialog = std::move(dialog), .hop = hop, .server = answered.server(), .caller = true},
      [this] { over_ = true; });
  session_->keep_alive(answered.session_interval());
  for (const auto& leg : legs_) leg->give_up();
}

void OutgoingCall::hang_up() {
  if (session_) {
    const bool rings_again = legs_.back()->rings_again();
    if (rings_again || core_.deviates(Deviation::cancels_an_answered_call)) legs_.back()->cancel();
    return rings_again ? end() : session_->hang_up();
  }
  over_ = true;
  const bool is_unheard = !legs_.empty() && !legs_.back()->was_heard();
  if (is_unheard && core_.deviates(Deviation::goes_on_after_hang_up)) return;
  for (const auto& leg : legs_) leg->give_up();
  end();
}

void OutgoingCall::end() {
  // No fallback after the user has gone, whatever becomes of the legs (§9.1).
  wait_.cancel();
  over_ = true;
}

bool OutgoingCall::take_stray(const sip::MessageView& response) {
  for (const auto& leg : legs_) {
    if (!leg->take_stray(response)) continue;
    if (core_.deviates(Deviation::hangs_up_at_a_late_answer)) hang_up();
    return true;
  }
  return false;
}

}  // namespace sipharness::dut
