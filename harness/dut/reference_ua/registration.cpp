#include "harness/dut/reference_ua/registration.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/dut/reference_ua/timing_policy.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::dut {
namespace {

using sip::HeaderId;
using std::chrono::seconds;

/// policy: a 423 may raise the expiry this far, no further.
constexpr seconds longest_expiry = 24h;
/// policy: how long a server that refuses the account is left alone. @source RFC 3261 §21.4.4
constexpr Duration refused_wait = 20min;
/// policy: a challenge, its stale repeat and a 423 may be answered within one attempt.
constexpr int repairs_per_attempt = 3;
/// Of the deviation overlaps_register_attempts.
constexpr Duration impatience = 10s;

}  // namespace

Registration::Registration(UaCore& core, Server& server, Events events)
    : core_(core),
      server_(server),
      events_(std::move(events)),
      call_id_(core.rng().hex(24)),
      from_tag_(core.rng().hex(16)) {}

void Registration::start() {
  begin_attempt();
}

void Registration::unregister() {
  next_.cancel();
  impatience_.cancel();
  if (standing_ != Standing::up) return;
  unregistering_ = true;
  repairs_left_ = repairs_per_attempt;
  send(seconds(0));
}

void Registration::resume() {
  if (held_back_) begin_attempt();
}

void Registration::begin_attempt() {
  held_back_ = !events_.may_start();
  if (held_back_) return;
  repairs_left_ = repairs_per_attempt;
  if (core_.deviates(Deviation::overlaps_register_attempts) && !outstanding_)
    impatience_ = core_.world().call_after(impatience, [this] { begin_attempt(); });
  send(asked());
}

seconds Registration::asked() const {
  const auto configured = std::chrono::duration_cast<seconds>(core_.profile().register_expiration);
  return std::max(configured, min_expires_.value_or(seconds(0)));
}

void Registration::send(seconds expires) {
  const std::string uri = sip::make_uri("", server_.endpoint);
  const std::string account = core_.address_of_record(server_.endpoint);
  auto request = sip::MessageBuilder::request("REGISTER", uri);
  request.header(HeaderId::via, core_.new_via())
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, fmt::format("<{}>;tag={}", account, from_tag_))
      .header(HeaderId::to, fmt::format("<{}>", account))
      .header(HeaderId::call_id, call_id_)
      .header(HeaderId::cseq, fmt::format("{} REGISTER", ++cseq_))
      .header(HeaderId::contact, core_.contact())
      .header(HeaderId::expires, std::to_string(expires.count()));
  server_.authenticator.authorize(request, "REGISTER", uri);
  core_.introduce(request);
  outstanding_ = true;
  sent_at_ = core_.world().now();
  request_ = core_.start(
      request, core_.hop_to(server_.endpoint),
      {.on_response = [this](const sip::MessageView& response) { on_response(response); },
       // §10.2.7: no immediate second try at a registrar that timed out.
       .on_failure = [this](sip::ClientFailure) { on_failed(core_.profile().reg_retry_wait); }});
}

void Registration::on_response(const sip::MessageView& response) {
  if (!response.is_final()) return;
  answered_late_ = core_.world().now() > sent_at_ + core_.profile().timers.t1;
  impatience_.cancel();
  if (response.is_success()) return on_accepted(response);
  if (try_again(response)) return;
  server_.take_retry_after(response, core_.world().now());
  const bool refused = response.status() == 403 || response.status() == 404;
  on_failed(refused ? std::max(refused_wait, core_.profile().reg_retry_wait)
                    : core_.profile().reg_retry_wait);
}

void Registration::on_accepted(const sip::MessageView& response) {
  if (unregistering_) {
    outstanding_ = false;
    standing_ = Standing::unknown;
    return;
  }
  const Duration expiry = granted(response);
  // A 200 that grants nothing holds no binding.
  if (expiry == 0s) return on_failed(core_.profile().reg_retry_wait);
  const auto& options = core_.options();
  settle(Standing::up, refresh_delay(expiry, options.profile, options.deviations));
}

bool Registration::try_again(const sip::MessageView& response) {
  if (repairs_left_ == 0) return false;
  --repairs_left_;
  if (response.status() == 423) {
    // §10.2.8: the registrar wants longer expiries; once told, we keep to it.
    const auto wanted = sip::parse_unsigned<std::uint32_t>(response.header(HeaderId::min_expires));
    if (!wanted || seconds(*wanted) <= asked() || seconds(*wanted) > longest_expiry) return false;
    min_expires_ = seconds(*wanted);
  } else if (!is_challenge(response) || !server_.authenticator.accept(request_.view(), response)) {
    return false;
  }
  send(unregistering_ ? seconds(0) : asked());
  return true;
}

void Registration::on_failed(Duration wait) {
  if (unregistering_) {
    outstanding_ = false;
    standing_ = Standing::unknown;
    return;
  }
  settle(Standing::down, wait);
}

void Registration::settle(Standing standing, Duration next_attempt) {
  outstanding_ = false;
  standing_ = standing;
  const TimePoint at = std::max(core_.world().now() + next_attempt, server_.quarantined_until);
  next_ = core_.world().call_at(at, [this] { begin_attempt(); });
  events_.on_settled();
}

Duration Registration::granted(const sip::MessageView& response) const {
  // §10.2.4: our own Contact's parameter, else the Expires header, else what we asked for.
  for (const sip::Header& header : response.headers()) {
    if (header.id != HeaderId::contact) continue;
    for (const sip::Address& contact : sip::parse_addresses(header.value)) {
      const auto own = sip::parse_address(request_.view().header(HeaderId::contact));
      if (!own || !sip::same_uri(contact.uri, own->uri)) continue;
      const auto parameter = contact.parameter("expires");
      const auto value = parameter ? sip::parse_unsigned<std::uint32_t>(*parameter) : std::nullopt;
      if (value) return seconds(*value);
    }
  }
  const auto header = response.expires();
  const auto requested = request_.view().expires();
  return seconds(header ? *header : requested.value_or(0));
}

}  // namespace sipharness::dut
