#include "tests/harness/dut/ua_rig.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/sip/sdp.hpp"

namespace sipharness::dut {
namespace {

using sip::HeaderId;
using sip::Method;

Endpoint endpoint(const char* text) {
  return *Endpoint::parse(text);
}

}  // namespace

ScriptedServer::ScriptedServer(world::World& world, const Endpoint& at)
    : world_(world),
      transport_(world, at,
                 {.on_message = [this](const sip::MessageView& message,
                                       const sip::Hop& hop) { on_message(message, hop); },
                  .on_malformed =
                      [this](std::string_view bytes, const sip::Hop& hop) {
                        malformed.push_back({world_.now() - TimePoint{}, std::string(bytes), hop});
                      },
                  .on_keep_alive = {},
                  .on_failure = {}}) {}

void ScriptedServer::on_message(const sip::MessageView& message, const sip::Hop& hop) {
  arrivals.push_back({world_.now() - TimePoint{}, std::string(message.bytes()), hop});
  const Arrival arrival = arrivals.back();
  if (message.is_response() || message.method() == Method::ack) return;
  if (script && script(arrival)) return;
  if (!silent) answer(arrival);
}

void ScriptedServer::answer(const Arrival& request) {
  const auto view = request.view();
  switch (view.method()) {
    case Method::register_: {
      const auto expires =
          grant ? std::to_string(*grant) : std::string(view.header(HeaderId::expires));
      return reply(request, 200, [&](sip::MessageBuilder& response) {
        response.header(HeaderId::contact,
                        fmt::format("{};expires={}", view.header(HeaderId::contact), expires));
      });
    }
    case Method::invite:
      return ring_and_answer(request);
    case Method::cancel: {
      reply(request, 200);
      ringing_.erase(std::string(view.via().branch));
      for (const Arrival& invite : all(Method::invite))
        if (invite.view().via().branch == view.via().branch) return reply(invite, 487);
      return;
    }
    case Method::subscribe:
      reply(request, 200);
      if (notifies) notify(request, "active;expires=120");
      return;
    default:
      return reply(request, 200);
  }
}

void ScriptedServer::ring_and_answer(const Arrival& invite) {
  const std::string branch(invite.view().via().branch);
  if (ringing_.contains(branch)) return;
  auto& timers = ringing_[branch];
  timers.push_back(world_.call_after(rings_after, [this, invite] { reply(invite, 180); }));
  timers.push_back(world_.call_after(answers_after, [this, invite] { reply(invite, 200); }));
}

void ScriptedServer::reply(const Arrival& request, int status,
                           const std::function<void(sip::MessageBuilder&)>& more) {
  const auto view = request.view();
  auto response =
      sip::MessageBuilder::response_to(view, status, fmt::format("tag{}", local().port));
  if (view.method() == Method::invite || view.method() == Method::subscribe)
    response.header(HeaderId::contact, fmt::format("<sip:callee@{}>", local().text()));
  if (more) more(response);
  if (view.method() == Method::invite && status == 200)
    response.body("application/sdp", sip::format_sdp({.media = {local().address, 4000}}));
  send(response.str(), sip::response_hop(view, request.hop));
}

void ScriptedServer::send(const std::string& text, const sip::Hop& hop) {
  transport_.send(hop, text);
}

void ScriptedServer::notify(const Arrival& subscribe, std::string_view state) {
  const auto view = subscribe.view();
  const int number = ++notify_count_;
  std::string from(view.header(HeaderId::to));
  if (view.to_tag().empty()) from += fmt::format(";tag=tag{}", local().port);
  auto request = sip::MessageBuilder::request("NOTIFY", "sip:1001@device");
  request
      .header(HeaderId::via, fmt::format("SIP/2.0/UDP {};branch=z9hG4bKnotify{}-{};rport",
                                         local().text(), local().port, number))
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, from)
      .header(HeaderId::to, view.header(HeaderId::from))
      .header(HeaderId::call_id, view.call_id())
      .header(HeaderId::cseq, fmt::format("{} NOTIFY", number))
      .header(HeaderId::event, view.header(HeaderId::event))
      .header(HeaderId::subscription_state, state);
  send(request.str(), sip::response_hop(view, subscribe.hop));
}

std::string ScriptedServer::invite(const Endpoint& device, std::string_view branch) {
  const std::string call_id = fmt::format("from-{}-{}", local().port, branch);
  auto request = sip::MessageBuilder::request("INVITE", fmt::format("sip:1001@{}", device.text()));
  request
      .header(HeaderId::via, fmt::format("SIP/2.0/UDP {};branch={};rport", local().text(), branch))
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, "<sip:2002@example.net>;tag=caller")
      .header(HeaderId::to, "<sip:1001@example.net>")
      .header(HeaderId::call_id, call_id)
      .header(HeaderId::cseq, "7 INVITE")
      .header(HeaderId::contact, fmt::format("<sip:2002@{}>", local().text()))
      .body("application/sdp", sip::format_sdp({.media = {local().address, 4000}}));
  send(request.str(), {.transport = Transport::udp, .local = local(), .remote = device});
  return call_id;
}

std::vector<Arrival> ScriptedServer::all(Method method) const {
  std::vector<Arrival> found;
  std::ranges::copy_if(arrivals, std::back_inserter(found), [&](const Arrival& arrival) {
    return arrival.view().is_request() && arrival.view().method() == method;
  });
  return found;
}

std::vector<double> ScriptedServer::times(Method method) const {
  std::vector<double> found;
  for (const Arrival& arrival : all(method))
    found.push_back(std::round(to_seconds(arrival.at) * 1000) / 1000);
  return found;
}

Arrival ScriptedServer::last(Method method) const {
  const auto found = all(method);
  EXPECT_FALSE(found.empty()) << "no " << sip::to_string(method) << " came";
  return found.empty() ? Arrival{} : found.back();
}

std::vector<int> ScriptedServer::statuses() const {
  std::vector<int> found;
  for (const Arrival& arrival : arrivals)
    if (arrival.view().is_response()) found.push_back(arrival.view().status());
  return found;
}

UaRig::UaRig()
    : primary(world, endpoint("127.0.0.11:5070")), secondary(world, endpoint("127.0.0.12:5080")) {
  profile.register_expiration = 2min;
  profile.reregister_before = 20s;
}

Endpoint UaRig::device() const {
  return {*IpAddress::parse("127.0.0.1"), port};
}

void UaRig::boot() {
  ua_ = std::make_unique<ReferenceUa>(world, Rng(1),
                                      ReferenceUaOptions{.name = "phone",
                                                         .profile = profile,
                                                         .local = device(),
                                                         .primary = primary.local(),
                                                         .secondary = secondary.local(),
                                                         .password = password,
                                                         .deviations = deviations});
  ua_->perform({scenario::DeviceVerb::boot, ""});
}

void UaRig::perform_at(Duration at, scenario::DeviceVerb verb, const std::string& number) {
  do_at(at, [this, verb, number] { outcomes_.push_back(ua_->perform({verb, number})); });
}

void UaRig::do_at(Duration at, std::function<void()> what) {
  timers_.push_back(world.call_at(TimePoint{} + at, std::move(what)));
}

}  // namespace sipharness::dut
