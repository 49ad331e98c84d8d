#include "harness/dut/reference_ua/registration.hpp"

#include <algorithm>
#include <utility>

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
/// policy: a challenge, its stale repeat and a 423 may be answered within one attempt.
constexpr int repairs_per_attempt = 3;
/// Of the deviation overlaps_register_attempts.
constexpr Duration overlap_delay = 10s;
/// Of the deviations registers_again_at_once, registers_at_once_when_refused,
/// registers_anew_for_each_port, registers_until_it_is_listed, hammers_a_closed_port and
/// skips_a_refresh.
constexpr Duration at_once = 500ms;
constexpr Duration hammering = 1s;
constexpr Duration oversleeping = 30s;
/// Of the deviation tries_the_default_port_too: there the request is a transaction of its own.
constexpr std::uint16_t default_port = 5060;
std::string with_another_branch(std::string request) {
  constexpr std::string_view cookie = "branch=z9hG4bK";
  return request.insert(request.find(cookie) + cookie.size(), "d");
}

}  // namespace

Registration::Registration(UaCore& core, Server& server, Events events)
    : core_(core),
      server_(server),
      events_(std::move(events)),
      call_id_(core.deviates(Deviation::counts_anew_after_a_restart)
                   ? fmt::format("always-the-same@{}", server.domain())
                   : core.rng().hex(24)),
      from_tag_(core.rng().hex(16)) {}

void Registration::start() {
  begin_attempt();
}

void Registration::unregister() {
  next_.cancel();
  overlap_.cancel();
  if (standing_ != Standing::up || core_.deviates(Deviation::goes_without_a_word)) return;
  unregistering_ = true;
  repairs_left_ = repairs_per_attempt;
  send(core_.deviates(Deviation::renews_when_shut_down) ? asked() : seconds(0));
}

void Registration::renew() {
  if (outstanding_ || core_.world().now() < server_.quarantined_until) return;
  next_.cancel();
  begin_attempt();
}

void Registration::leave(const std::string& contact) {
  if (unregistering_ || cseq_ == 0) return;
  if (contact != core_.contact()) left_ = contact;
  request_.forget();
  outstanding_ = false;
  next_.cancel();
  begin_attempt();
}

void Registration::resume() {
  if (held_back_) begin_attempt();
}

void Registration::take_stray(const sip::MessageView& response) {
  // Once is enough to be seen, and does not go on for ever where every answer comes twice.
  const bool is_first = accepted_ == 1 && !outstanding_ && response.call_id() == call_id_;
  if (is_first && core_.deviates(Deviation::registers_at_a_repeated_answer)) begin_attempt();
}

void Registration::begin_attempt() {
  held_back_ = !events_.may_start();
  if (held_back_) return;
  repairs_left_ = repairs_per_attempt;
  reconnected_ = false;
  if (!is_registered() && !server_.machines.empty()) server_.endpoint = server_.machines.front();
  machines_left_ = server_.machines.empty() ? 0 : server_.machines.size() - 1;
  if (core_.deviates(Deviation::overlaps_register_attempts) && !outstanding_)
    overlap_ = core_.world().call_after(overlap_delay, [this] { begin_attempt(); });
  send(asked());
}

seconds Registration::asked() const {
  const auto configured = std::chrono::duration_cast<seconds>(
      core_.profile().register_expiration.value_or(Duration::zero()));
  return std::max(configured, min_expires_.value_or(seconds(0)));
}

void Registration::send(seconds expires) {
  const std::string uri = server_.uri("");
  const std::string account = core_.address_of_record(server_);
  auto request = sip::MessageBuilder::request("REGISTER", uri);
  request.header(HeaderId::via, core_.new_via())
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, fmt::format("<{}>;tag={}", account, from_tag_))
      .header(HeaderId::to, fmt::format("<{}>", account))
      .header(HeaderId::call_id, call_id_)
      .header(HeaderId::cseq, fmt::format("{} REGISTER", ++cseq_))
      .header(HeaderId::contact, contact(expires));
  if (!left_.empty()) request.header(HeaderId::contact, left_ + ";expires=0");
  request.header(HeaderId::expires, std::to_string(expires_header(expires).count()));
  if (!learned_route_.empty()) request.header(HeaderId::route, learned_route_);
  server_.authenticator.authorize(request, "REGISTER", uri);
  core_.introduce(request);
  if (cseq_ == 1 && core_.deviates(Deviation::tries_the_default_port_too))
    core_.send_raw(with_another_branch(request.str()),
                   core_.hop_to({target().address, default_port}));
  outstanding_ = true;
  sent_at_ = core_.world().now();
  request_ = core_.start(
      request, core_.hop_to(target()),
      {.on_response = [this](const sip::MessageView& response) { on_response(response); },
       .on_failure = [this](sip::ClientFailure failure) { on_unreachable(failure); }});
}

std::string Registration::contact(seconds expires) const {
  if (expires == 0s && core_.deviates(Deviation::stars_with_an_expiry)) return "*";
  if (!core_.deviates(Deviation::proposes_two_expiries)) return core_.contact();
  return fmt::format("{};expires={}", core_.contact(), expires.count());
}

seconds Registration::expires_header(seconds expires) const {
  if (expires == 0s && core_.deviates(Deviation::stars_with_an_expiry)) return seconds(60);
  return core_.deviates(Deviation::proposes_two_expiries) ? 2 * expires : expires;
}

const Endpoint& Registration::target() const {
  const bool astray = core_.deviates(Deviation::refreshes_at_the_other_server) && accepted_ == 1 &&
                      server_.is_primary();
  return astray ? core_.options().secondary : server_.endpoint;
}

void Registration::on_unreachable(sip::ClientFailure failure) {
  // The server may have restarted: another connection may do, once.
  if (failure == sip::ClientFailure::connection_lost && !std::exchange(reconnected_, true))
    return send(unregistering_ ? seconds(0) : asked());
  if (tries_next_machine()) return;
  const bool timed_out = failure == sip::ClientFailure::timed_out;
  if (timed_out && core_.deviates(Deviation::registers_again_at_once)) return on_failed(at_once);
  if (!timed_out && core_.deviates(Deviation::hammers_a_closed_port)) return on_failed(hammering);
  // §10.2.7: no immediate second try at a registrar that timed out.
  on_failed(core_.profile().retry_wait());
}

bool Registration::tries_next_machine() {
  if (machines_left_ == 0 || unregistering_ ||
      core_.deviates(Deviation::stays_at_the_first_machine))
    return false;
  --machines_left_;
  server_.endpoint = server_.machines_in_turn()[1];
  reconnected_ = false;
  send(asked());
  return true;
}

void Registration::on_response(const sip::MessageView& response) {
  if (!response.is_final()) return;
  answered_late_ = core_.world().now() > sent_at_ + core_.profile().timers.t1;
  overlap_.cancel();
  if (response.is_success()) return on_accepted(response);
  if (try_again(response)) return;
  if (response.status() == 503 && tries_next_machine()) return;
  if (!core_.deviates(Deviation::ignores_retry_after))
    server_.take_retry_after(response, core_.world().now());
  // §21.4.4: what was refused is not asked again unchanged.
  const bool refused = (response.status() == 403 || response.status() == 404) &&
                       !core_.deviates(Deviation::repeats_a_forbidden_register);
  const scenario::Profile& profile = core_.profile();
  if (core_.deviates(Deviation::registers_at_once_when_refused)) return on_failed(at_once);
  on_failed(refused ? std::max(profile.reg_retry_wait_403.value_or(20min), profile.retry_wait())
                    : profile.retry_wait());
}

void Registration::on_accepted(const sip::MessageView& response) {
  server_.authenticator.take_next_nonce(response);
  if (unregistering_) {
    outstanding_ = false;
    standing_ = Standing::unknown;
    return;
  }
  const Duration expiry = granted(response);
  if (core_.deviates(Deviation::registers_until_it_is_listed) && !granted_to_contact(response))
    return on_failed(at_once);
  if (expiry == 0s && core_.deviates(Deviation::rests_when_granted_nothing))
    return settle(Standing::up, longest_expiry);
  // A 200 that grants nothing holds no binding.
  if (expiry == 0s) return on_failed(core_.profile().retry_wait());
  failures_ = 0;
  ++accepted_;
  left_.clear();
  server_.service_route = response.header(sip::HeaderId::service_route);
  if (core_.deviates(Deviation::routes_by_record_route_of_register))
    learned_route_ = response.header(HeaderId::record_route);
  if (sees_another_port(response)) return settle(Standing::up, at_once);
  const auto& options = core_.options();
  const bool skips =
      core_.deviates(Deviation::skips_a_refresh) && accepted_ == 1 && server_.is_primary();
  settle(Standing::up, skips ? expiry + oversleeping
                             : refresh_delay(expiry, options.profile, options.deviations));
}

bool Registration::sees_another_port(const sip::MessageView& response) {
  const std::uint16_t seen = response.via().rport.value_or(seen_port_);
  return core_.deviates(Deviation::registers_anew_for_each_port) &&
         std::exchange(seen_port_, seen) != seen;
}

bool Registration::try_again(const sip::MessageView& response) {
  if (repairs_left_ == 0) return false;
  --repairs_left_;
  if (response.status() == 423) {
    // §10.2.8: the registrar wants longer expiries; once told, we keep to it.
    const auto wanted = sip::parse_unsigned<std::uint32_t>(response.header(HeaderId::min_expires));
    if (!wanted || seconds(*wanted) <= asked() || seconds(*wanted) > longest_expiry) return false;
    if (!core_.deviates(Deviation::insists_on_a_short_expiry)) min_expires_ = seconds(*wanted);
  } else if (!is_challenge(response) || !server_.authenticator.accept(request_.view(), response)) {
    return false;
  }
  if (core_.deviates(Deviation::answers_a_challenge_elsewhere))
    server_.endpoint = server_.machines_in_turn().back();
  if (core_.deviates(Deviation::takes_a_new_from_tag_for_the_retry))
    from_tag_ = core_.rng().hex(16);
  send(unregistering_ ? seconds(0) : asked());
  return true;
}

void Registration::on_failed(Duration wait) {
  if (unregistering_) {
    outstanding_ = false;
    standing_ = Standing::unknown;
    return;
  }
  settle(Standing::down,
         wait_after_failure(wait, failures_++, server_.role, core_.options().deviations));
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
  const auto header = response.expires();
  const bool header_first = core_.deviates(Deviation::believes_the_expires_header);
  if (header && header_first) return seconds(*header);
  if (const auto own = granted_to_contact(response)) return *own;
  return seconds(header ? *header : request_.view().expires().value_or(0));
}

std::optional<seconds> Registration::granted_to_contact(const sip::MessageView& response) const {
  const bool any = core_.deviates(Deviation::takes_the_longest_expiry_listed);
  const auto own = sip::parse_address(request_.view().header(HeaderId::contact));
  std::optional<seconds> longest;
  for (const sip::Header& header : response.headers()) {
    if (header.id != HeaderId::contact) continue;
    for (const sip::Address& contact : sip::parse_addresses(header.value)) {
      if (!own || (!any && !sip::same_uri(contact.uri, own->uri))) continue;
      const auto parameter = contact.parameter("expires");
      const auto value = parameter ? sip::parse_unsigned<std::uint32_t>(*parameter) : std::nullopt;
      if (value) longest = std::max(longest.value_or(seconds(0)), seconds(*value));
    }
  }
  return longest;
}

}  // namespace sipharness::dut
