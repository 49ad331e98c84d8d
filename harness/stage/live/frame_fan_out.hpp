#pragma once
// One stream of frames for two takers: the capture file first, then whoever reacts to it.

#include "harness/packet/frame.hpp"

namespace sipharness::stage {

class FrameFanOut final : public packet::FrameSink {
 public:
  FrameFanOut(packet::FrameSink& first, packet::FrameSink& second)
      : first_(first), second_(second) {}
  void on_frame(const packet::FrameView& frame) override {
    first_.on_frame(frame);
    second_.on_frame(frame);
  }

 private:
  packet::FrameSink& first_;
  packet::FrameSink& second_;
};

}  // namespace sipharness::stage
