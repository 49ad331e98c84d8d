#include "harness/capture/time_order.hpp"

#include <algorithm>
#include <iterator>

namespace sipharness::capture {
namespace {

/// policy: less than any timer is judged by.
constexpr Duration window = 100ms;
/// policy: a card with several queues holds back a few frames of each.
constexpr std::size_t most_waiting = 1024;
/// policy: a clock that is set more often is no clock; the first steps say so.
constexpr std::size_t most_steps = 1000;
/// policy: no capture lasts longer, and intervals in it can be doubled again and again. A machine
/// without a battery begins in 1970 until it is told the time.
constexpr Duration longest_capture = 10 * 8766h;
/// What the 32 bits of a pcap file can say. Twice as much is a time still.
constexpr CaptureTime last_time{std::chrono::seconds(0xffffffff)};

}  // namespace

void TimeOrder::on_frame(const packet::FrameView& given) {
  packet::FrameView frame = given;
  frame.at = std::min(std::clamp(frame.at, CaptureTime{}, last_time) + set_back_, last_time);
  if (last_number_ == 0) first_ = frame.at;
  const Duration behind = newest_ - frame.at;
  if (last_number_ != 0 && (behind > window || frame.at - first_ > longest_capture)) {
    if (steps_.size() < most_steps) steps_.push_back({last_number_, newest_, behind});
    const Duration most = last_time.time_since_epoch();
    set_back_ = std::clamp(set_back_ + behind, -most, most);
    frame.at = newest_;
  } else if (last_number_ != 0 && behind > Duration::zero()) {
    ++sorted_;
  }
  newest_ = std::max(newest_, frame.at);
  last_number_ = frame.number;
  auto place = waiting_.end();
  while (place != waiting_.begin() && std::prev(place)->at > frame.at) --place;
  waiting_.insert(place, frame);
  while (newest_ - waiting_.front().at > window || waiting_.size() > most_waiting) release();
}

void TimeOrder::finish() {
  while (!waiting_.empty()) release();
}

void TimeOrder::release() {
  packet::FrameView& first = waiting_.front();
  first.at = released_ = std::max(released_, first.at);
  next_.on_frame(first);
  waiting_.pop_front();
}

}  // namespace sipharness::capture
