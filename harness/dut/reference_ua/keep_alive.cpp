#include "harness/dut/reference_ua/keep_alive.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace sipharness::dut {
namespace {

using sip::HeaderId;

/// policy: a challenge and its stale repeat are answered, no more.
constexpr std::uint32_t tries_per_probe = 3;

}  // namespace

KeepAlive::KeepAlive(UaCore& core, Server& server, scenario::OptionsKeepAlive settings,
                     std::function<void()> on_silence)
    : core_(core), server_(server), settings_(settings), on_silence_(std::move(on_silence)) {}

void KeepAlive::start() {
  if (std::exchange(runs_, true)) return;
  lost_ = 0;
  wait();
}

void KeepAlive::stop() {
  runs_ = false;
  next_.cancel();
  probes_.clear();
}

void KeepAlive::wait() {
  const TimePoint at =
      std::max(core_.world().now() + settings_.interval, server_.quarantined_until);
  next_ = core_.world().call_at(at, [this] { probe(); });
}

void KeepAlive::probe() {
  if (core_.world().now() >= server_.quarantined_until) {
    probes_[++sent_] = {.call_id = core_.rng().hex(24), .from_tag = core_.rng().hex(16)};
    send(sent_);
  }
  wait();
}

void KeepAlive::send(Serial serial) {
  Probe& probe = probes_.at(serial);
  const std::string uri = server_.uri("");
  auto request = sip::MessageBuilder::request("OPTIONS", uri);
  request.header(HeaderId::via, core_.new_via())
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from,
              fmt::format("<{}>;tag={}", core_.address_of_record(server_), probe.from_tag))
      .header(HeaderId::to, fmt::format("<{}>", uri))
      .header(HeaderId::call_id, probe.call_id)
      .header(HeaderId::cseq, fmt::format("{} OPTIONS", ++probe.cseq))
      .header(HeaderId::contact, core_.contact())
      .header(HeaderId::accept, "application/sdp");
  server_.authenticator.authorize(request, "OPTIONS", uri);
  core_.introduce(request);
  probe.request = core_.start(
      request, core_.hop_to(server_.endpoint),
      {.on_response = [this,
                       serial](const sip::MessageView& response) { on_response(serial, response); },
       .on_failure = [this, serial](sip::ClientFailure) { on_lost(serial); }});
}

void KeepAlive::on_response(Serial serial, const sip::MessageView& response) {
  lost_ = 0;
  server_.take_retry_after(response, core_.world().now());
  // One that came before, or was let go of because a later one was answered, is over.
  const auto known = probes_.find(serial);
  if (!response.is_final() || known == probes_.end()) return;
  const Probe& probe = known->second;
  const bool again = is_challenge(response) && probe.cseq < tries_per_probe &&
                     server_.authenticator.accept(probe.request.view(), response);
  probes_.erase(probes_.begin(), again ? known : std::next(known));
  if (again) send(serial);
}

void KeepAlive::on_lost(Serial serial) {
  probes_.erase(serial);
  if (++lost_ < settings_.max_lost) return;
  lost_ = 0;
  on_silence_();
}

}  // namespace sipharness::dut
