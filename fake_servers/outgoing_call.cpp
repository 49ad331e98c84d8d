#include "fake_servers/outgoing_call.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/sip/transaction_requests.hpp"

namespace fake_servers {

namespace sip = sipharness::sip;

OutgoingCall::OutgoingCall(Station& station, const Binding& callee, const std::string& user)
    : station_(station),
      tag_(station.rng.hex(8)),
      hop_(hop_towards(callee.uri, callee.hop)),
      media_(station),
      invite_(make_invite(callee, user)) {
  station_.note_far_end("calls", std::string(MessageView::parse(invite_).call_id()));
  transaction_ =
      station_.transactions.start(invite_, hop_,
                                  {[this](const MessageView& response) { on_response(response); },
                                   [this](sip::ClientFailure) { is_refused_ = true; }});
}

OutgoingCall::~OutgoingCall() {
  station_.transactions.abandon(transaction_);
}

std::string OutgoingCall::make_invite(const Binding& callee, const std::string& user) {
  constexpr std::string_view caller = "2001";
  auto invite = MessageBuilder::request("INVITE", callee.uri);
  invite.header(HeaderId::via, station_.new_via(hop_.transport))
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, fmt::format("<sip:{}@{}>;tag={}", caller, station_.domain, tag_))
      .header(HeaderId::to, fmt::format("<sip:{}@{}>", user, station_.domain))
      .header(HeaderId::call_id, fmt::format("{}@{}", station_.rng.hex(16), station_.domain))
      .header(HeaderId::cseq, "1 INVITE")
      .header(HeaderId::contact, station_.contact(hop_.transport))
      .header(HeaderId::user_agent, station_.agent)
      .header(HeaderId::allow, allowed_methods);
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
  call_.emplace(station_, sip::Dialog::from_response(invite, response), hop_, std::move(media_));
  call_->confirm(response);
  ack_ = make_ack(call_->dialog(), invite, station_.new_via(hop_.transport));
  acknowledge();
  if (is_given_up_) call_->hang_up();
}

void OutgoingCall::acknowledge() {
  station_.send(hop_towards(call_->dialog().next_hop_uri(), hop_), ack_);
}

void OutgoingCall::hang_up() {
  if (call_) return call_->hang_up();
  is_given_up_ = true;
  if (has_provisional_) cancel_once();
}

void OutgoingCall::cancel_once() {
  if (std::exchange(is_cancelled_, true) || is_refused_) return;
  station_.transactions.start(make_cancel(MessageView::parse(invite_)), hop_, {});
}

}  // namespace fake_servers
