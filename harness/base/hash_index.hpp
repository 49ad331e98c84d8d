#pragma once
// Finds things that their owner has numbered, by the hash of their key: open addressing in one
// array of 8 bytes a slot. A look-up that finds nothing, the usual case of a server under load,
// costs one cache line.
//  1. The owner keeps the keys: it is asked whether a thing with the same hash is the one meant.
//  2. Numbers are less than 2^32 - 1, and none is in the index twice.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace sipharness {

class HashIndex {
 public:
  void add(std::uint64_t hash, std::uint32_t number) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    place({folded(hash), number + 1});
    ++size_;
  }

  /// The number with this hash that `is_meant` accepts.
  template <class IsMeant>
  std::optional<std::uint32_t> find(std::uint64_t hash, const IsMeant& is_meant) const {
    if (size_ == 0) return std::nullopt;
    const std::uint32_t wanted = folded(hash);
    for (std::size_t at = home(wanted); slots_[at].is_taken(); at = next(at)) {
      const std::uint32_t number = slots_[at].number_plus_one - 1;
      if (slots_[at].hash == wanted && is_meant(number)) return number;
    }
    return std::nullopt;
  }

  /// `number` was added with `hash`.
  void remove(std::uint64_t hash, std::uint32_t number) {
    std::size_t hole = home(folded(hash));
    while (slots_[hole].number_plus_one != number + 1) hole = next(hole);
    // What a full slot pushed further moves back, so that no search stops short of it.
    for (std::size_t at = next(hole); slots_[at].is_taken(); at = next(at)) {
      const std::size_t pushed = (at - home(slots_[at].hash)) & mask();
      if (pushed >= ((at - hole) & mask())) slots_[std::exchange(hole, at)] = slots_[at];
    }
    slots_[hole] = {};
    --size_;
  }

  void clear() {
    slots_.assign(slots_.size(), {});
    size_ = 0;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number_plus_one = 0;  ///< 0: nothing here
    bool is_taken() const { return number_plus_one != 0; }
  };
  static constexpr std::size_t smallest = 16;

  static std::uint32_t folded(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
  }
  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(std::uint32_t hash) const { return hash & mask(); }
  std::size_t next(std::size_t at) const { return (at + 1) & mask(); }

  void place(const Slot& slot) {
    std::size_t at = home(slot.hash);
    while (slots_[at].is_taken()) at = next(at);
    slots_[at] = slot;
  }

  void grow() {
    const std::size_t size = slots_.empty() ? smallest : 2 * slots_.size();
    for (const Slot& slot : std::exchange(slots_, std::vector<Slot>(size))) {
      if (slot.is_taken()) place(slot);
    }
  }

  std::vector<Slot> slots_;  ///< a power of two, at most half of them taken
  std::size_t size_ = 0;
};

}  // namespace sipharness
