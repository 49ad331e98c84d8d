#include "harness/world_sim/event_queue.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/assert.hpp"

namespace sipharness::world_sim {
namespace {

constexpr std::size_t smallest_heap_worth_sweeping = 64;

}  // namespace

EventQueue::~EventQueue() {
  while (next_time()) take_next();
}

bool EventQueue::is_cancelled(const Entry& entry) const {
  return slots_[entry.slot].sequence != entry.sequence;
}

EventQueue::Handle EventQueue::add(TimePoint at, Action action) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot].sequence = ++last_sequence_;
  slots_[slot].action = std::move(action);
  heap_.push_back({at, last_sequence_, slot});
  std::push_heap(heap_.begin(), heap_.end(), IsLater());
  ++pending_;
  return {slot, last_sequence_};
}

EventQueue::Action EventQueue::vacate(std::uint32_t slot) {
  slots_[slot].sequence = 0;
  free_slots_.push_back(slot);
  --pending_;
  return std::exchange(slots_[slot].action, nullptr);
}

void EventQueue::cancel(const Handle& handle) {
  if (slots_[handle.slot].sequence != handle.sequence) return;
  const Action released = vacate(handle.slot);
  const bool mostly_cancelled = heap_.size() > 2 * pending_;
  if (mostly_cancelled && heap_.size() > smallest_heap_worth_sweeping) drop_cancelled_everywhere();
}

void EventQueue::drop_cancelled_everywhere() {
  std::erase_if(heap_, [this](const Entry& entry) { return is_cancelled(entry); });
  std::make_heap(heap_.begin(), heap_.end(), IsLater());
}

void EventQueue::drop_cancelled_at_front() {
  while (!heap_.empty() && is_cancelled(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), IsLater());
    heap_.pop_back();
  }
}

std::optional<TimePoint> EventQueue::next_time() {
  drop_cancelled_at_front();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at;
}

EventQueue::Action EventQueue::take_next() {
  drop_cancelled_at_front();
  SIPHARNESS_ASSERT(!heap_.empty(), "event queue", TimePoint{});
  const std::uint32_t slot = heap_.front().slot;
  std::pop_heap(heap_.begin(), heap_.end(), IsLater());
  heap_.pop_back();
  return vacate(slot);
}

}  // namespace sipharness::world_sim
