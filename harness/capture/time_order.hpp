#pragma once
// Puts frames in the order of their times: a card with several queues, or a merged file, has them a
// little out of order. Where the time goes back by more than that, the clock was set: what follows
// is told as much later as it went back, so that time never runs backwards behind this. Where it
// goes on beyond what a capture may last, the clock was set as well, and what follows is told as
// much earlier: how long a device waited meanwhile nobody knows.
//  1. finish() is called once, after the last frame.
//  2. Memory is bounded; the bytes of frames are not copied: they outlive finish().

#include <cstdint>
#include <deque>
#include <vector>

#include "harness/packet/frame.hpp"

namespace sipharness::capture {

class TimeOrder final : public packet::FrameSink {
 public:
  /// The clock was set between a frame and the next.
  struct Step {
    std::uint32_t before = 0;  ///< number of the last frame by the old clock
    CaptureTime at;
    Duration back{};  ///< negative: it went forward
  };

  /// `next` outlives this.
  explicit TimeOrder(packet::FrameSink& next) : next_(next) {}

  void on_frame(const packet::FrameView& frame) override;
  void finish();

  const std::vector<Step>& steps() const { return steps_; }
  /// Frames that stood behind later ones.
  std::uint64_t sorted() const { return sorted_; }

 private:
  void release();

  packet::FrameSink& next_;
  std::deque<packet::FrameView> waiting_;  ///< by time
  CaptureTime first_;
  CaptureTime newest_;
  CaptureTime released_;
  std::uint32_t last_number_ = 0;
  Duration set_back_{};
  std::vector<Step> steps_;
  std::uint64_t sorted_ = 0;
};

}  // namespace sipharness::capture
