#pragma once
// What the tests of the real world share: addresses no other test process uses, a bounded wait, a
// sink that keeps frames.

#include <functional>
#include <string>
#include <unistd.h>
#include <vector>

#include "harness/host/real_world.hpp"
#include "tests/support/world_recorders.hpp"

namespace sipharness::host {

using tests::DatagramRecorder;
using tests::StreamRecorder;
using tests::StreamServer;

/// 127.x.y.`host`, x and y from the process id: runs side by side do not meet.
inline IpAddress own_address(std::uint8_t host) {
  const auto process = static_cast<unsigned>(::getpid());
  return IpAddress::v4({127, static_cast<std::uint8_t>(1 + process % 250),
                        static_cast<std::uint8_t>(process / 250 % 250), host});
}

inline Endpoint own_endpoint(std::uint8_t host, std::uint16_t port = 0) {
  return {own_address(host), port};
}

/// Runs until `done`, for at most a minute; whether it came to pass.
inline bool run_until(RealWorld& world, const std::function<bool()>& done, Duration timeout = 60s) {
  world.run(world.now() + timeout, done);
  return done();
}

struct RecordedFrame {
  CaptureTime at;
  packet::LinkType link;
  std::uint32_t original_length;
  std::string bytes;
};

struct FrameRecorder final : packet::FrameSink {
  void on_frame(const packet::FrameView& frame) override {
    frames.push_back({frame.at, frame.link, frame.original_length, std::string(frame.bytes)});
  }
  std::vector<RecordedFrame> frames;
};

}  // namespace sipharness::host
