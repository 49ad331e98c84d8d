#include "harness/host/capture/frame_emitter.hpp"

#include <ctime>

namespace sipharness::host {

CaptureTime read_capture_clock() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return CaptureTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

void FrameEmitter::emit(std::string_view frame) {
  if (!is_on()) return;
  sink_->on_frame({.at = read_capture_clock(),
                   .link = packet::LinkType::ethernet,
                   .original_length = static_cast<std::uint32_t>(frame.size()),
                   .bytes = frame});
}

}  // namespace sipharness::host
