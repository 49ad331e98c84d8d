#include "harness/dut/reference_ua/incoming_call.hpp"

#include <utility>

namespace sipharness::dut {
namespace {

/// §13.3.1.1: a provisional response every minute at least; policy: a little sooner.
constexpr Duration ring_interval = 50s;
/// Of the deviation leaves_a_caller_without_a_word.
constexpr Duration silence = 500ms;

}  // namespace

IncomingCall::IncomingCall(UaCore& core, Server& server, TransactionPtr invite)
    : core_(core), server_(server), invite_(std::move(invite)), tag_(core.rng().hex(16)) {}

void IncomingCall::start() {
  // RFC 4028 §9.
  if (is_too_short()) return refuse_interval();
  if (!core_.deviates(Deviation::leaves_a_caller_without_a_word)) return ring();
  keep_ringing_ = core_.world().call_after(silence, [this] { ring(); });
}

bool IncomingCall::is_merged_with(const sip::MessageView& invite) const {
  const sip::MessageView& own = invite_->request();
  return !over_ && own.call_id() == invite.call_id() && own.from_tag() == invite.from_tag() &&
         own.cseq() == invite.cseq();
}

bool IncomingCall::is_too_short() const {
  const auto session =
      sip::parse_session_expires(invite_->request().header(sip::HeaderId::session_expires));
  return core_.profile().session_timer && session && session->interval < core_.profile().min_se;
}

void IncomingCall::refuse_interval() {
  over_ = true;
  auto response = core_.reply(*invite_, 422, tag_);
  const auto least = std::chrono::duration_cast<std::chrono::seconds>(core_.profile().min_se);
  response.header(sip::HeaderId::min_se, std::to_string(least.count()));
  invite_->respond(response.str());
}

void IncomingCall::ring() {
  invite_->respond(core_.reply(*invite_, 180, tag_).str());
  if (core_.deviates(Deviation::rings_only_once)) return;
  keep_ringing_ = core_.world().call_after(ring_interval, [this] { ring(); });
}

void IncomingCall::answer() {
  keep_ringing_.cancel();
  session_ = std::make_unique<Session>(
      core_,
      Session::Peer{.dialog = sip::Dialog::from_request(invite_->request(), tag_),
                    .hop = invite_->hop(),
                    .server = server_,
                    .caller = false},
      [this] { over_ = true; });
  session_->accept(invite_);
}

void IncomingCall::reject() {
  refuse(486);
}

void IncomingCall::hang_up() {
  if (session_) return session_->hang_up();
  refuse(486);
}

void IncomingCall::refuse(int status) {
  keep_ringing_.cancel();
  over_ = true;
  invite_->respond(core_.reply(*invite_, status, tag_).str());
}

bool IncomingCall::take_cancel(sip::ServerTransaction& cancel) {
  const sip::Via& invite = invite_->request().via();
  const sip::Via& via = cancel.request().via();
  if (via.branch != invite.branch || via.host != invite.host || via.port != invite.port)
    return false;
  // §9.2: the CANCEL gets its 200 in any case; a call that is answered already is not affected.
  core_.answer(cancel, 200);
  if (is_ringing()) refuse(487);
  return true;
}

}  // namespace sipharness::dut
