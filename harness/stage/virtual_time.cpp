#include "harness/stage/virtual_time.hpp"

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/capture/pcap_writer.hpp"
#include "harness/stage/devices.hpp"
#include "harness/stage/live/frame_fan_out.hpp"
#include "harness/stage/place/addresses.hpp"
#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::stage {

void run_in_virtual_time(const Production& production, const judge::RunFolder& folder) {
  world_sim::SimulatedWorld world;
  for (const Endpoint& device : production.devices) {
    world.set_tap_address(device.address);
    if (const auto elsewhere = elsewhere_from(device.address)) world.set_tap_address(*elsewhere);
  }
  capture::PcapWriter capture(folder.capture(), packet::LinkType::ethernet);
  Stage stage(
      world, production, folder,
      {.make_device = [&](journal::Writer&,
                          unsigned device) { return make_reference_ua(world, production, device); },
       .age = [](CaptureTime) { return Duration::zero(); }});
  FrameFanOut frames(capture, stage.observers());
  world.set_sink(&frames);

  stage.journal().write(journal::Clock{world.capture_time(world.now()), Duration::zero()});
  stage.begin();
  const auto& interrupted = production.options.interrupted;
  const TimePoint end = stage.zero() + production.scenario.duration;
  const bool within_bounds = world.run(end, interrupted);
  const bool stopped = interrupted && interrupted();

  world.set_sink(nullptr);
  capture.flush();
  stage.journal().write(journal::CaptureCount{"simulated", capture.frames(), 0, {}});
  stage.finish(stopped ? "interrupted" : within_bounds ? "" : "event limit");
  if (const auto error = capture.error())
    throw SetupError(fmt::format("cannot write {}: {}", folder.capture(), *error));
  if (stage.journal_has_failed())
    throw SetupError(fmt::format("cannot write {}: the disk may be full", folder.journal()));
}

}  // namespace sipharness::stage
