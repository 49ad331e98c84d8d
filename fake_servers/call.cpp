#include "fake_servers/call.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/sip/option_tags.hpp"
#include "harness/sip/session_expires.hpp"
#include "harness/sip/transport/transport.hpp"

namespace fake_servers {

namespace sip = sipharness::sip;

namespace {

constexpr std::string_view sdp_type = "application/sdp";

/// Whom a REFER wants to be called.
constexpr std::string_view referred_to = "2002";

/// A Session-Expires value; the client of the request refreshes, or its server.
std::string written_session(Duration interval, bool by_client) {
  return to_string(sip::SessionExpires{std::chrono::duration_cast<std::chrono::seconds>(interval),
                                       by_client ? sip::Refresher::uac : sip::Refresher::uas});
}

}  // namespace

Call::Call(ServerCore& core, sip::Dialog dialog, const Hop& hop, MediaSession media)
    : core_(core), dialog_(std::move(dialog)), hop_(hop), media_(std::move(media)) {}

Call::~Call() {
  for (const sip::ClientId request : requests_) core_.transactions.abandon(request);
}

void Call::answer(const TransactionPtr& invite) {
  state_ = State::up;
  media_.negotiate(invite->request().body());
  const std::string response = success(*invite).body(sdp_type, media_.description()).str();
  invite->respond(response);
  // §13.3.1.4: the core repeats its 2xx, past the transaction.
  unacknowledged_.emplace(
      core_.world, sip::Reliable2xx::Options{
                       core_.transactions.timers(),
                       [this, response, hop = sip::response_hop(invite->request(), invite->hop())] {
                         core_.send(hop, response);
                       },
                       [this] { send_bye({}); }});
}

void Call::add_routes(const MessageView& invite, MessageBuilder& response) const {
  copy_record_routes(invite, response);
  add_record_routes(routers_, core_.local, response);
}

void Call::confirm(const MessageView& response) {
  state_ = State::up;
  media_.negotiate(response.body());
  media_.begin();
}

void Call::on_ack(const MessageView& ack) {
  if (!unacknowledged_) return;
  unacknowledged_.reset();
  if (!ack.body().empty()) media_.negotiate(ack.body());
  media_.begin();
  if (hangs_up_when_acknowledged_) send_bye({});
}

void Call::on_request(const TransactionPtr& transaction) {
  const MessageView& request = transaction->request();
  if (!dialog_.accept_remote_cseq(request.cseq())) return core_.answer(*transaction, 500);
  switch (request.method()) {
    case Method::bye:
      end();
      return core_.answer(*transaction, 200);
    case Method::invite:
      return on_reinvite(transaction);
    case Method::update:
      return accept_with_description(*transaction);
    case Method::info:
    case Method::notify:  // of a REFER
    case Method::options:
    case Method::message:
      return core_.answer(*transaction, 200);
    default:
      return core_.refuse_method(*transaction);
  }
}

void Call::on_reinvite(const TransactionPtr& transaction) {
  if (unacknowledged_) return core_.answer(*transaction, 491);
  dialog_.refresh_target(transaction->request());
  answer(transaction);
}

void Call::accept_with_description(ServerTransaction& transaction) {
  const MessageView& request = transaction.request();
  dialog_.refresh_target(request);
  auto response = success(transaction);
  if (!request.body().empty()) {
    media_.negotiate(request.body());
    response.body(sdp_type, media_.description());
  }
  transaction.respond(response.str());
}

MessageBuilder Call::success(const ServerTransaction& transaction) {
  auto response = core_.reply(transaction, 200, dialog_.local_tag());
  add_routes(transaction.request(), response);
  response.header(HeaderId::contact, core_.contact(transaction.hop().transport));
  response.header(HeaderId::allow, allowed_methods);
  settle_session(transaction.request(), response);
  return response;
}

void Call::settle_session(const MessageView& request, MessageBuilder& response) {
  const bool supports = sip::lists_option(request, HeaderId::supported, "timer");
  if (!session_ || !supports) return;
  const auto asked = sip::parse_session_expires(request.header(HeaderId::session_expires));
  interval_ = session_->expires;
  if (asked) interval_ = std::clamp<Duration>(asked->interval, session_->min, session_->expires);
  const bool by_device = session_->device_refreshes;
  response.header(HeaderId::session_expires, written_session(interval_, by_device));
  if (by_device) response.header(HeaderId::require, "timer");
  refresh_later();
}

void Call::refresh_later() {
  if (session_->device_refreshes || !session_->refreshes) return;
  refresh_ = core_.world.call_after(interval_ / 2, [this] { refresh(); });
}

void Call::refresh() {
  // RFC 3311: UPDATE refreshes without an offer, and needs no ACK.
  const Hop hop = core_.way_to(dialog_.next_hop_uri(), hop_);
  auto update = core_.request_in(dialog_, "UPDATE", hop);
  update.header(HeaderId::session_expires, written_session(interval_, true));
  update.header(HeaderId::supported, "timer");
  core_.transactions.start(update.str(), hop, {});
  refresh_later();
}

void Call::ask(Method method) {
  if (!is_up()) return;
  const Hop hop = core_.way_to(dialog_.next_hop_uri(), hop_);
  auto request = core_.request_in(dialog_, to_string(method), hop);
  request.header(HeaderId::allow, allowed_methods);
  if (method == Method::refer)
    request.header("Refer-To", fmt::format("<sip:{}@{}>", referred_to, core_.domain));
  if (method == Method::invite || method == Method::update)
    request.body(sdp_type, media_.description());
  const std::string text = request.str();
  sip::ClientEvents events;
  if (method == Method::invite)
    events.on_response = [this, text](const MessageView& response) {
      on_reinvite_answered(text, response);
    };
  requests_.push_back(core_.transactions.start(text, hop, std::move(events)));
}

void Call::on_reinvite_answered(const std::string& invite, const MessageView& response) {
  if (!response.is_success()) return;
  dialog_.refresh_target(response);
  media_.negotiate(response.body());
  const Hop hop = core_.way_to(dialog_.next_hop_uri(), hop_);
  core_.send(hop, make_ack(dialog_, MessageView::parse(invite), core_.new_via(hop.transport)));
}

void Call::hang_up(const sipharness::scenario::Sending& how) {
  if (!is_up()) return;
  if (unacknowledged_) {
    hangs_up_when_acknowledged_ = true;
    return;
  }
  send_bye(how);
}

void Call::send_bye(const sipharness::scenario::Sending& how) {
  const Hop hop = core_.way_to(dialog_.next_hop_uri(), hop_);
  core_.note_far_end("hangs_up", dialog_.call_id());
  const std::string bye = core_.request_in(dialog_, "BYE", hop).str();
  core_.transactions.start(bye, hop, {});
  repeated_bye_.emplace(core_, hop, bye, how.repeats);
  end();
}

void Call::end() {
  state_ = State::over;
  refresh_.cancel();
  unacknowledged_.reset();
  media_.stop();
}

}  // namespace fake_servers
