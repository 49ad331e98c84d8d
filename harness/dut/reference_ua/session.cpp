#include "harness/dut/reference_ua/session.hpp"

#include <utility>

namespace sipharness::dut {
namespace {

using sip::HeaderId;
using sip::MediaDirection;
using sip::Method;

constexpr std::string_view sdp_type = "application/sdp";

}  // namespace

Session::Session(UaCore& core, Peer peer, std::function<void()> on_over)
    : core_(core), peer_(std::move(peer)), on_over_(std::move(on_over)) {}

void Session::hang_up() {
  if (over_) return;
  send_bye();
  end();
}

void Session::end() {
  if (over_) return;
  over_ = true;
  unacknowledged_.reset();
  glare_.cancel();
  on_over_();
}

void Session::send_bye() {
  auto bye = peer_.dialog.request("BYE", peer_.dialog.next_cseq(), core_.new_via());
  peer_.server.authenticator.authorize(bye, "BYE", peer_.dialog.remote_target());
  core_.introduce(bye);
  request_ = core_.start(
      bye, core_.stray_hop().value_or(core_.hop_towards(peer_.dialog, peer_.hop)),
      {.on_response = [this](const sip::MessageView& response) { on_bye_response(response); },
       .on_failure = {}});
}

void Session::on_bye_response(const sip::MessageView& response) {
  if (!is_challenge(response) || !std::exchange(may_authorize_, false)) return;
  if (peer_.server.authenticator.accept(request_.view(), response)) send_bye();
}

bool Session::set_direction(MediaDirection direction) {
  if (over_ || reinviting_) return false;
  direction_ = direction;
  ++media_version_;
  may_authorize_ = true;
  send_reinvite();
  return true;
}

void Session::send_reinvite() {
  sip::Sdp offer = core_.media(media_version_);
  offer.direction = direction_;
  auto invite = peer_.dialog.request("INVITE", peer_.dialog.next_cseq(), core_.new_via());
  invite.header(HeaderId::contact, core_.contact());
  peer_.server.authenticator.authorize(invite, "INVITE", peer_.dialog.remote_target());
  core_.introduce(invite);
  invite.body(sdp_type, sip::format_sdp(offer));
  reinviting_ = true;
  reinvite_ack_.clear();
  request_ = core_.start(
      invite, core_.hop_towards(peer_.dialog, peer_.hop),
      {.on_response = [this](const sip::MessageView& response) { on_reinvite_response(response); },
       // §14.1, §12.2.1.2: no answer at all ends the session.
       .on_failure = [this](sip::ClientFailure) { hang_up(); }});
}

void Session::on_reinvite_response(const sip::MessageView& response) {
  if (!response.is_final()) return;
  reinviting_ = false;
  if (response.is_success()) {
    peer_.dialog.refresh_target(response);
    if (reinvite_ack_.empty())
      reinvite_ack_ = sip::make_ack(peer_.dialog, request_.view(), core_.new_via());
    return core_.send_ack(reinvite_ack_, core_.hop_towards(peer_.dialog, peer_.hop));
  }
  if (response.status() == 481 || response.status() == 408) return hang_up();
  if (response.status() == 491) return retry_after_glare();
  if (!is_challenge(response) || !std::exchange(may_authorize_, false)) return;
  if (peer_.server.authenticator.accept(request_.view(), response)) send_reinvite();
}

void Session::retry_after_glare() {
  // §14.1: the owner of the Call-ID waits longer, in steps of 10 ms.
  const Duration wait =
      peer_.caller ? core_.rng().between(2100ms, 4s) : core_.rng().between(0s, 2s);
  glare_ = core_.world().call_after(std::chrono::round<std::chrono::milliseconds>(wait) / 10 * 10,
                                    [this] {
                                      if (!reinviting_) send_reinvite();
                                    });
}

void Session::accept(const TransactionPtr& invite) {
  const auto offer = sip::parse_sdp(invite->request().body());
  sip::Sdp media = core_.media(media_version_++);
  if (offer) media.direction = sip::answer_direction(offer->direction);
  auto response = core_.reply(invite->request(), 200, peer_.dialog.local_tag());
  for (const sip::Header& header : invite->request().headers())
    if (header.id == HeaderId::record_route) response.header(header.id, header.value);
  response.body(sdp_type, sip::format_sdp(media));
  answered_cseq_ = invite->request().cseq();
  invite->respond(response.str());
  unacknowledged_ = std::make_unique<sip::Reliable2xx>(
      core_.world(),
      sip::Reliable2xx::Options{.timers = core_.profile().timers,
                                .resend =
                                    [this, invite, text = response.str()] {
                                      if (!core_.deviates(Deviation::sends_its_200_once))
                                        invite->respond(text);
                                    },
                                .on_give_up = [this] { hang_up(); }});
}

void Session::take_ack(const sip::MessageView& ack) {
  if (unacknowledged_ && ack.cseq() == answered_cseq_) unacknowledged_->stop();
}

void Session::take_request(const TransactionPtr& transaction) {
  const sip::MessageView& request = transaction->request();
  // §12.2.2: a number that goes backwards is out of order.
  if (!peer_.dialog.accept_remote_cseq(request.cseq())) return core_.answer(*transaction, 500);
  switch (request.method()) {
    case Method::bye:
      core_.answer(*transaction, 200);
      return end();
    case Method::invite:
      return take_reinvite(transaction);
    case Method::options:
    case Method::info:
    case Method::update:
    case Method::notify:
      return core_.answer(*transaction, 200);
    default:
      return core_.answer(*transaction, 501);
  }
}

void Session::take_reinvite(const TransactionPtr& transaction) {
  // §14.2: ours is under way, so the peer's has to wait.
  if (reinviting_) return core_.answer(*transaction, 491);
  peer_.dialog.refresh_target(transaction->request());
  accept(transaction);
}

}  // namespace sipharness::dut
