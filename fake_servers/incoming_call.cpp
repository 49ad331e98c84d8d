#include "fake_servers/incoming_call.hpp"

#include <utility>

#include "fake_servers/behaviour.hpp"
#include "harness/sip/option_tags.hpp"
#include "harness/sip/rack.hpp"

namespace fake_servers {

namespace sip = sipharness::sip;
using namespace std::chrono_literals;

namespace {

/// §13.3.1.1: a provisional response at least every minute, or proxies give up.
constexpr Duration ring_again = 60s;

}  // namespace

IncomingCall::IncomingCall(ServerCore& core, TransactionPtr invite,
                           sipharness::scenario::FarEnd plan,
                           const std::vector<sipharness::scenario::Router>& record_route)
    : core_(core),
      invite_(std::move(invite)),
      key_(transaction_key(invite_->request())),
      plan_(plan),
      call_(core, sip::Dialog::from_request(invite_->request(), core.rng.hex(8)), invite_->hop(),
            MediaSession(core, invite_->hop().remote.address)) {
  call_.pass_through(record_route);
  call_.ask_for(plan_.session_timer);
  if (plan_.ring) ring_ = core_.world.call_after(*plan_.ring, [this] { ring(); });
  if (plan_.answer) answer_ = core_.world.call_after(*plan_.answer, [this] { answer(); });
}

void IncomingCall::ring() {
  auto response = core_.reply(*invite_, 180, tag());
  call_.add_routes(invite_->request(), response);
  response.header(HeaderId::contact, core_.contact(invite_->hop().transport));
  core_.note_far_end("rings", call_.dialog().call_id());
  ring_ = core_.world.call_after(ring_again, [this] { ring(); });
  if (plan_.reliable_ring && sip::lists_option(invite_->request(), HeaderId::supported, "100rel"))
    return ring_reliably(std::move(response));
  invite_->respond(response.str());
}

void IncomingCall::ring_reliably(MessageBuilder response) {
  // Policy: one at a time; the first number is small so that a person can read it.
  if (unacknowledged_ring_) return;
  response.header(HeaderId::require, "100rel").header("RSeq", std::to_string(++rseq_));
  const std::string text = response.str();
  invite_->respond(text);
  unacknowledged_ring_.emplace(
      core_.world,
      sip::Reliable2xx::Options{core_.transactions.timers(),
                                [this, text] { invite_->respond(text); }, [this] { refuse(504); }});
}

void IncomingCall::on_prack(ServerTransaction& prack) {
  const bool is_named =
      sip::rack_of(prack.request()) == sip::rack_for(rseq_, invite_->request().cseq());
  if (!is_named || !unacknowledged_ring_) return core_.answer(prack, 481);
  unacknowledged_ring_.reset();
  prack.respond(core_.reply(prack, 200, tag()).str());
}

void IncomingCall::answer() {
  ring_.cancel();
  unacknowledged_ring_.reset();
  core_.note_far_end("answers", call_.dialog().call_id());
  call_.answer(invite_);
  if (plan_.hang_up)
    hang_up_ = core_.world.call_after(*plan_.hang_up, [this] { call_.hang_up({}); });
}

void IncomingCall::cancel() {
  refuse(487);
}

void IncomingCall::refuse(int status) {
  if (!call_.is_early()) return;
  ring_.cancel();
  unacknowledged_ring_.reset();
  answer_.cancel();
  invite_->respond(core_.reply(*invite_, status, tag()).str());
  call_.end();
}

void IncomingCall::on_request(const TransactionPtr& transaction) {
  if (transaction->request().method() == Method::prack) return on_prack(*transaction);
  if (!call_.is_early()) return call_.on_request(transaction);
  if (transaction->request().method() != Method::bye) return core_.answer(*transaction, 481);
  // §15: the caller may end an early dialog with BYE.
  core_.answer(*transaction, 200);
  cancel();
}

}  // namespace fake_servers
