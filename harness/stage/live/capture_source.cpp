#include "harness/stage/live/capture_source.hpp"

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"

namespace sipharness::stage {
namespace {

/// policy: how long the kernel may keep the last frames; on an idle host they come at once.
constexpr Duration drain_timeout = 3s;

std::string interface_for(const std::vector<IpAddress>& hosts) {
  const auto interface = host::interface_of(hosts.front());
  if (!interface)
    throw SetupError(
        fmt::format("no interface of this machine has the address {}", hosts.front().text()));
  return *interface;
}

}  // namespace

CaptureSource::CaptureSource(CaptureMode mode, const scenario::Scenario& scenario) {
  for (const scenario::Server& server : scenario.servers) hosts_.push_back(*server.address);
  if (scenario.dns) hosts_.push_back(*scenario.dns->address);
  interface_ = interface_for(hosts_);
  live_ = mode != CaptureMode::tap;
  if (mode != CaptureMode::automatic) return;
  if (const auto obstacle = host::live_capture_obstacle(interface_)) {
    live_ = false;
    note_ = fmt::format("live capture was not possible: {}", *obstacle);
  }
}

CaptureSource::~CaptureSource() = default;

void CaptureSource::start(host::RealWorld& world, packet::FrameSink& sink) {
  if (live_)
    capture_ = std::make_unique<host::LiveCapture>(
        world, host::LiveCaptureOptions{.interface = interface_, .hosts = hosts_}, sink);
  else
    world.set_tap(&sink);
}

journal::CaptureCount CaptureSource::stop(host::RealWorld& world) {
  journal::CaptureCount count;
  count.source = live_ ? "live" : "tap";
  count.note = note_;
  if (capture_) {
    capture_->drain(drain_timeout);
    count.dropped = capture_->statistics().dropped;
    capture_.reset();
  }
  world.set_tap(nullptr);
  return count;
}

}  // namespace sipharness::stage
