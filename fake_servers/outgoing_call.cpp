#include "fake_servers/outgoing_call.hpp"

#include <utility>

#include "harness/sip/transaction/requests.hpp"

namespace fake_servers {

namespace sip = sipharness::sip;

OutgoingCall::OutgoingCall(ServerCore& core, const Binding& callee,
                           const sipharness::scenario::Sending& how,
                           const std::optional<CallName>& as)
    : core_(core),
      name_(as ? *as : CallName{{}, core.rng.hex(8)}),
      hop_(core.way_to(callee.uri, callee.hop)),
      media_(core, hop_.remote.address),
      invite_(make_invite(callee)) {
  name_.call_id = MessageView::parse(invite_).call_id();
  core_.note_far_end("calls", name_.call_id);
  if (how.withheld_acks > 0) core_.withhold_acks(name_.call_id, how.withheld_acks);
  transaction_ =
      core_.transactions.start(invite_, hop_,
                               {[this](const MessageView& response) { on_response(response); },
                                [this](sip::ClientFailure) { is_refused_ = true; }});
  repeats_.emplace(core_, hop_, invite_, how.repeats);
}

OutgoingCall::~OutgoingCall() {
  core_.transactions.abandon(transaction_);
}

std::string OutgoingCall::make_invite(const Binding& callee) {
  auto invite = core_.new_request("INVITE",
                                  {.uri = callee.uri,
                                   .user = callee.user,
                                   .from_tag = name_.from_tag,
                                   .call_id = name_.call_id},
                                  hop_);
  return invite.body("application/sdp", media_.description()).str();
}

void OutgoingCall::on_response(const MessageView& response) {
  if (response.is_success()) return on_success(response);
  if (response.is_final()) {
    is_refused_ = true;
    return;
  }
  has_provisional_ = true;
  if (is_given_up_) cancel_once();
}

void OutgoingCall::on_success(const MessageView& response) {
  if (call_) {
    if (call_->dialog().remote_tag() == response.to_tag()) acknowledge();
    return;
  }
  const MessageView invite = MessageView::parse(invite_);
  call_.emplace(core_, sip::Dialog::from_response(invite, response), hop_, std::move(media_));
  call_->confirm(response);
  ack_ = make_ack(call_->dialog(), invite, core_.new_via(hop_.transport));
  acknowledge();
  if (is_given_up_) call_->hang_up({});
}

void OutgoingCall::acknowledge() {
  core_.send(core_.way_to(call_->dialog().next_hop_uri(), hop_), ack_);
}

void OutgoingCall::hang_up(const sipharness::scenario::Sending& how) {
  if (call_) return call_->hang_up(how);
  is_given_up_ = true;
  if (has_provisional_) cancel_once();
}

void OutgoingCall::cancel_once() {
  if (std::exchange(is_cancelled_, true) || is_refused_) return;
  core_.transactions.start(make_cancel(MessageView::parse(invite_)), hop_, {});
}

}  // namespace fake_servers
