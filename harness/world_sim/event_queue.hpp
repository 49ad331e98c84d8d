#pragma once
// What is going to happen, in order: a binary heap of (time, sequence) whose actions lie in slots
// of their own, so that cancelling is cheap and frees the action at once.
//  1. Events come out by time, and by the order they went in where times are equal.
//  2. Cancelling an event that was taken or cancelled already does nothing.
//  3. An action is destroyed outside the queue's own bookkeeping: its captures may cancel others.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::world_sim {

class EventQueue {
 public:
  using Action = std::function<void()>;

  /// Names one event for good: sequences are never reused.
  struct Handle {
    std::uint32_t slot = 0;
    std::uint64_t sequence = 0;
  };

  EventQueue() = default;
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;
  ~EventQueue();

  Handle add(TimePoint at, Action action);
  void cancel(const Handle& handle);

  /// When the next event is due; nothing if none is pending.
  std::optional<TimePoint> next_time();
  /// Takes the next event out. One must be pending.
  Action take_next();
  std::size_t pending() const { return pending_; }

 private:
  struct Entry {
    TimePoint at;
    std::uint64_t sequence;
    std::uint32_t slot;
  };
  /// What makes a heap give the earliest first. A type, so that the heap's loops inline it.
  struct IsLater {
    bool operator()(const Entry& left, const Entry& right) const {
      return left.at != right.at ? left.at > right.at : left.sequence > right.sequence;
    }
  };
  struct Slot {
    std::uint64_t sequence = 0;  ///< of the event that lives here; zero if none does
    Action action;
  };

  bool is_cancelled(const Entry& entry) const;
  Action vacate(std::uint32_t slot);
  void drop_cancelled_at_front();
  void drop_cancelled_everywhere();

  std::vector<Entry> heap_;  ///< cancelled entries stay until they surface or are too many
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t last_sequence_ = 0;
  std::size_t pending_ = 0;
};

}  // namespace sipharness::world_sim
