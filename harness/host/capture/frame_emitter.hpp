#pragma once
// Where synthesised frames leave: stamps them with the capture clock and counts IP ids.

#include <cstdint>
#include <string_view>

#include "harness/base/time.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::host {

/// CLOCK_REALTIME.
CaptureTime read_capture_clock();

class FrameEmitter {
 public:
  void set_sink(packet::FrameSink* sink) { sink_ = sink; }
  /// Whether anybody looks; encoding is skipped otherwise.
  bool is_on() const { return sink_ != nullptr; }
  std::uint16_t next_ip_id() { return ++ip_id_; }
  void emit(std::string_view frame);

 private:
  packet::FrameSink* sink_ = nullptr;
  std::uint16_t ip_id_ = 0;
};

}  // namespace sipharness::host
