#include "harness/dut/reference_ua/subscription.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::dut {
namespace {

using sip::HeaderId;
using std::chrono::seconds;

constexpr int subscribe_repairs_per_attempt = 2;
/// policy: how long before its lapse a subscription is refreshed, unless that is half its life.
constexpr Duration margin = 10s;

std::string_view body_of(std::string_view event) {
  if (event == "message-summary") return "application/simple-message-summary";
  if (event == "dialog") return "application/dialog-info+xml";
  if (event == "presence") return "application/pidf+xml";
  return "*/*";
}

}  // namespace

Subscription::Subscription(UaCore& core, Server& server, std::string event)
    : core_(core), server_(server), event_(std::move(event)) {}

void Subscription::start() {
  begin();
}

void Subscription::stop() {
  if (std::exchange(stopping_, true)) return;
  next_.cancel();
  if (!dialog_) {
    timer_n_.cancel();
    request_ = {};
    return;
  }
  refresh();
}

void Subscription::renew() {
  if (stopping_) return;
  next_.cancel();
  dialog_ ? refresh() : begin();
}

void Subscription::begin() {
  dialog_.reset();
  call_id_ = core_.rng().hex(24);
  from_tag_ = core_.rng().hex(16);
  cseq_ = 0;
  repairs_left_ = subscribe_repairs_per_attempt;
  const std::string uri = server_.uri(core_.profile().account.user);
  send(initial_request(uri), uri);
}

void Subscription::refresh() {
  repairs_left_ = subscribe_repairs_per_attempt;
  send(dialog_->request("SUBSCRIBE", dialog_->next_cseq(), core_.new_via()),
       dialog_->remote_target());
}

sip::MessageBuilder Subscription::initial_request(const std::string& uri) const {
  const std::string account = core_.address_of_record(server_);
  auto request = sip::MessageBuilder::request("SUBSCRIBE", uri);
  request.header(HeaderId::via, core_.new_via())
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, fmt::format("<{}>;tag={}", account, from_tag_))
      .header(HeaderId::to, fmt::format("<{}>", account))
      .header(HeaderId::call_id, call_id_)
      .header(HeaderId::cseq, fmt::format("{} SUBSCRIBE", cseq_ + 1));
  return request;
}

void Subscription::send(sip::MessageBuilder request, const std::string& uri) {
  ++cseq_;
  request.header(HeaderId::contact, core_.contact())
      .header(HeaderId::event, event_)
      .header(HeaderId::accept, accepted_body())
      .header(HeaderId::expires, std::to_string(asked().count()));
  server_.authenticator.authorize(request, "SUBSCRIBE", uri);
  core_.introduce(request);
  const sip::Hop hop = core_.hop_to(server_.endpoint);
  request_ = core_.start(
      request, dialog_ ? core_.hop_towards(*dialog_, hop) : hop,
      {.on_response = [this](const sip::MessageView& response) { on_response(response); },
       .on_failure = [this](sip::ClientFailure) { begin_after(core_.profile().retry_wait()); }});
  if (core_.deviates(Deviation::believes_a_subscription_without_notify)) return;
  // §4.1.2.4, Timer N: without a NOTIFY there is no subscription, whatever the response said.
  timer_n_ = core_.world().call_after(core_.profile().timers.sixty_four_t1(),
                                      [this] { begin_after(core_.profile().retry_wait()); });
}

seconds Subscription::asked() const {
  if (stopping_) return 0s;
  return std::chrono::duration_cast<seconds>(core_.profile().subscribe_expiration);
}

std::string Subscription::accepted_body() const {
  const bool wrong =
      event_ == "message-summary" && core_.deviates(Deviation::accepts_no_message_summary);
  return wrong ? "application/xml" : std::string(body_of(event_));
}

void Subscription::on_response(const sip::MessageView& response) {
  if (!response.is_final()) return;
  if (response.is_success()) return on_accepted(response);
  if (is_challenge(response) && repairs_left_-- > 0 &&
      server_.authenticator.accept(request_.view(), response)) {
    if (!dialog_) {
      const std::string uri(request_.view().request_uri());
      return send(initial_request(uri), uri);
    }
    return send(dialog_->request("SUBSCRIBE", dialog_->next_cseq(), core_.new_via()),
                dialog_->remote_target());
  }
  on_refused(response);
}

void Subscription::on_refused(const sip::MessageView& response) {
  server_.take_retry_after(response, core_.world().now());
  timer_n_.cancel();
  // §4.1.2.2: a refresh answered with 481 means the subscription is gone; a new one may follow.
  if (response.status() == 481) return begin_after(0s);
  if (response.status() == 489) {
    // §4.1.2.1: a package that the server does not know is not asked for again.
    if (core_.deviates(Deviation::repeats_a_bad_event)) begin_after(core_.profile().retry_wait());
    return;
  }
  if (core_.deviates(Deviation::subscribes_at_once_when_refused)) return begin_after(100ms);
  begin_after(
      std::max<Duration>(core_.profile().subscribe_expiration, core_.profile().retry_wait()));
}

void Subscription::on_accepted(const sip::MessageView& response) {
  if (!dialog_) dialog_ = sip::Dialog::from_response(request_.view(), response);
  dialog_->refresh_target(response);
  if (stopping_) return;
  if (core_.deviates(Deviation::never_refreshes_subscriptions)) return;
  const auto asked = request_.view().expires().value_or(0);
  const Duration granted = seconds(std::max(response.expires().value_or(asked), 2U));
  next_ = core_.world().call_after(std::max(granted - margin, granted / 2), [this] {
    if (core_.deviates(Deviation::subscribes_anew_to_refresh)) return begin();
    refresh();
  });
}

void Subscription::begin_after(Duration wait) {
  timer_n_.cancel();
  if (stopping_) return;
  const TimePoint at = std::max(core_.world().now() + wait, server_.quarantined_until);
  next_ = core_.world().call_at(at, [this] { begin(); });
}

bool Subscription::take_notify(sip::ServerTransaction& transaction) {
  const sip::MessageView& notify = transaction.request();
  if (notify.call_id() != call_id_ || notify.to_tag() != from_tag_) return false;
  const int status = notify_status();
  core_.answer(transaction, status);
  if (status != 200) return true;
  timer_n_.cancel();
  const std::string_view state = notify.header(HeaderId::subscription_state);
  if (state.starts_with("terminated")) on_terminated(state);
  return true;
}

int Subscription::notify_status() const {
  const bool refuses =
      (!dialog_ && core_.deviates(Deviation::refuses_early_notifies)) ||
      (!server_.is_primary() && core_.deviates(Deviation::refuses_notifies_of_the_secondary));
  return refuses ? 481 : 200;
}

void Subscription::on_terminated(std::string_view subscription_state) {
  const auto semicolon = subscription_state.find(';');
  const auto parameters =
      semicolon == std::string_view::npos ? "" : subscription_state.substr(semicolon);
  const auto reason = sip::find_parameter(parameters, "reason").value_or("");
  next_.cancel();
  // §4.1.3: these reasons mean that trying again is of no use.
  if (reason == "rejected" || reason == "noresource" || reason == "invariant") return;
  const auto named = sip::find_parameter(parameters, "retry-after");
  const auto wait = named && !core_.deviates(Deviation::ignores_retry_after_of_notify)
                        ? sip::parse_unsigned<std::uint32_t>(*named)
                        : std::nullopt;
  begin_after(wait ? Duration(seconds(*wait)) : core_.profile().retry_wait());
}

}  // namespace sipharness::dut
