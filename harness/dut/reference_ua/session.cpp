#include "harness/dut/reference_ua/session.hpp"

#include <utility>

namespace sipharness::dut {
namespace {

using sip::HeaderId;
using sip::MediaDirection;
using sip::Method;

constexpr std::string_view sdp_type = "application/sdp";
/// Of the deviation retries_at_once_after_491.
constexpr Duration no_wait = 100ms;
/// Of the deviation asks_after_its_bye.
constexpr Duration thinking = 1s;

}  // namespace

Session::Session(UaCore& core, Peer peer, std::function<void()> on_over)
    : core_(core),
      peer_(std::move(peer)),
      on_over_(std::move(on_over)),
      timer_(core, {.on_refresh_due = [this] { refresh(); }, .on_expiry = [this] { hang_up(); }}) {}

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
  timer_.stop();
  on_over_();
}

void Session::send_bye() {
  auto bye = peer_.dialog.request("BYE", peer_.dialog.next_cseq(), core_.new_via());
  peer_.server.authenticator.authorize(bye, "BYE", peer_.dialog.remote_target());
  core_.introduce(bye);
  bye_ = core_.start(
      bye, core_.stray_hop().value_or(core_.hop_towards(peer_.dialog, peer_.hop)),
      {.on_response = [this](const sip::MessageView& response) { on_bye_response(response); },
       .on_failure = {}});
  send_more_than_a_bye();
}

void Session::send_more_than_a_bye() {
  if (core_.deviates(Deviation::tells_the_other_server_too)) {
    const auto& options = core_.options();
    auto copy = peer_.dialog.request("BYE", peer_.dialog.local_cseq(), core_.new_via());
    core_.introduce(copy);
    aside_ = core_.start(
        copy, core_.hop_to(peer_.server.is_primary() ? options.secondary : options.primary), {});
  }
  if (!core_.deviates(Deviation::asks_after_its_bye)) return;
  afterthought_ = core_.world().call_after(thinking, [this] {
    auto info = peer_.dialog.request("INFO", peer_.dialog.next_cseq(), core_.new_via());
    core_.introduce(info);
    aside_ = core_.start(info, core_.hop_towards(peer_.dialog, peer_.hop), {});
  });
}

void Session::on_bye_response(const sip::MessageView& response) {
  if (!is_challenge(response) || !std::exchange(may_authorize_, false)) return;
  if (peer_.server.authenticator.accept(bye_.view(), response)) send_bye();
}

bool Session::set_direction(MediaDirection direction) {
  if (over_ || reinviting_) return false;
  direction_ = direction;
  ++media_version_;
  may_authorize_ = true;
  refreshing_ = false;
  send_reinvite();
  return true;
}

void Session::refresh() {
  if (reinviting_) return;
  may_authorize_ = true;
  refreshing_ = true;
  send_reinvite();
}

void Session::send_reinvite() {
  send_reinvite_to(core_.hop_towards(peer_.dialog, peer_.hop));
}

void Session::send_reinvite_to(const sip::Hop& hop) {
  sip::Sdp offer = core_.media(media_version_);
  offer.direction = direction_;
  auto invite = peer_.dialog.request("INVITE", peer_.dialog.next_cseq(), core_.new_via());
  invite.header(HeaderId::contact, core_.contact());
  peer_.server.authenticator.authorize(invite, "INVITE", peer_.dialog.remote_target());
  core_.introduce(invite);
  if (const std::string wish = timer_.wish(); !wish.empty())
    invite.header(HeaderId::session_expires, wish);
  invite.body(sdp_type, sip::format_sdp(offer));
  reinviting_ = true;
  reinvite_ack_.clear();
  request_ = core_.start(
      invite, hop,
      {.on_response = [this](const sip::MessageView& response) { on_reinvite_response(response); },
       .on_failure = [this](sip::ClientFailure) { on_reinvite_unanswered(); }});
}

void Session::on_reinvite_unanswered() {
  reinviting_ = false;
  if (over_) return;
  if (core_.deviates(Deviation::keeps_a_silent_dialog)) return timer_.stop();
  if (core_.deviates(Deviation::moves_its_refresh_to_the_secondary) && peer_.server.is_primary() &&
      std::exchange(refreshing_, false)) {
    timer_.stop();
    return send_reinvite_to(core_.hop_to(core_.options().secondary));
  }
  // §14.1, §12.2.1.2: no answer at all ends the session.
  hang_up();
}

void Session::on_reinvite_response(const sip::MessageView& response) {
  if (!response.is_final()) return;
  reinviting_ = false;
  if (response.is_success()) {
    peer_.dialog.refresh_target(response);
    // A copy of the 200 is acknowledged again, but refreshes nothing.
    if (reinvite_ack_.empty()) {
      reinvite_ack_ = sip::make_ack(peer_.dialog, request_.view(), core_.new_via());
      if (timer_.interval() && !over_) timer_.start(settled_by(response, true));
    }
    return core_.send_ack(reinvite_ack_, core_.hop_towards(peer_.dialog, peer_.hop));
  }
  if (over_) return;
  const bool is_lost = response.status() == 481 || response.status() == 408;
  if (is_lost && core_.deviates(Deviation::keeps_a_lost_dialog)) return;
  if (is_lost) return hang_up();
  if (response.status() == 488 && core_.deviates(Deviation::gives_up_when_refused))
    return hang_up();
  if (response.status() == 491) return retry_after_glare();
  if (!is_challenge(response) || !std::exchange(may_authorize_, false)) return;
  if (peer_.server.authenticator.accept(request_.view(), response)) send_reinvite();
}

void Session::retry_after_glare() {
  // §14.1: the owner of the Call-ID waits longer, in steps of 10 ms.
  Duration wait = peer_.caller ? core_.rng().between(2100ms, 4s) : core_.rng().between(0s, 2s);
  if (core_.deviates(Deviation::retries_at_once_after_491)) wait = no_wait;
  glare_ = core_.world().call_after(std::chrono::round<std::chrono::milliseconds>(wait) / 10 * 10,
                                    [this] {
                                      if (!reinviting_) send_reinvite();
                                    });
}

void Session::accept(const TransactionPtr& invite) {
  const auto offer = sip::parse_sdp(invite->request().body());
  sip::Sdp media = core_.media(media_version_++);
  if (offer) media.direction = sip::answer_direction(offer->direction);
  auto response = core_.reply(*invite, 200, peer_.dialog.local_tag());
  for (const sip::Header& header : invite->request().headers())
    if (header.id == HeaderId::record_route) response.header(header.id, header.value);
  answer_session_timer(invite->request(), response);
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
  const bool is_bye = request.method() == Method::bye;
  if (!is_bye && core_.deviates(Deviation::ignores_requests_in_its_calls)) return;
  switch (request.method()) {
    case Method::bye:
      core_.answer(*transaction, 200);
      return end();
    case Method::invite:
      return take_reinvite(transaction);
    case Method::update:
      return take_update(transaction);
    case Method::options:
    case Method::info:
    case Method::notify:
      return core_.answer(*transaction, 200);
    default:
      return core_.refuse_method(*transaction);
  }
}

void Session::take_reinvite(const TransactionPtr& transaction) {
  // §14.2: ours is under way, so the peer's has to wait.
  if (reinviting_) return core_.answer(*transaction, 491);
  peer_.dialog.refresh_target(transaction->request());
  accept(transaction);
}

void Session::take_update(const TransactionPtr& transaction) {
  // RFC 3311 §5.2: without an offer it refreshes target and session only.
  peer_.dialog.refresh_target(transaction->request());
  auto response = core_.reply(*transaction, 200, peer_.dialog.local_tag());
  answer_session_timer(transaction->request(), response);
  transaction->respond(response.str());
}

void Session::answer_session_timer(const sip::MessageView& request, sip::MessageBuilder& response) {
  if (!core_.profile().session_timer) return;
  timer_.start(settled_by(request, false));
  const std::string answer = timer_.answer();
  if (answer.empty()) return;
  response.header(HeaderId::session_expires, answer);
  // RFC 4028 §9: who refreshes as UAC must support it.
  if (!timer_.interval()->we_refresh) response.header(HeaderId::require, "timer");
}

}  // namespace sipharness::dut
