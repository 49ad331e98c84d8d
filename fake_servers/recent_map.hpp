#pragma once
// A hash map of bounded size for what a server must remember of its recent past: which requests it
// has seen, which datagrams it has named, which nonces it gave out.
//  1. The last `capacity` distinct keys are remembered, older ones may be forgotten.
//  2. It never holds more than twice `capacity`.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "harness/base/hash_index.hpp"

namespace fake_servers {

template <class Key, class Value, class Hash = std::hash<Key>>
class RecentMap {
 public:
  explicit RecentMap(std::size_t capacity) : capacity_(capacity) {}

  bool empty() const { return young_.entries.empty() && old_.entries.empty(); }

  /// Null if unknown or forgotten; valid until the next call.
  Value* find(const Key& key) { return find(key, Hash()(key)); }

  /// The value of `key`, made if there is none; valid until the next call.
  Value& operator[](const Key& key) {
    const std::uint64_t hash = Hash()(key);
    if (Value* known = find(key, hash)) return *known;
    return add(key, hash, Value());
  }

 private:
  struct Generation {
    Value* find(const Key& key, std::uint64_t hash) {
      const auto is_meant = [&](std::uint32_t number) { return entries[number].first == key; };
      const auto number = index.find(hash, is_meant);
      return number ? &entries[*number].second : nullptr;
    }

    std::vector<std::pair<Key, Value>> entries;
    sipharness::HashIndex index;
  };

  /// What is found among the old is young again; the entry that it leaves there is not looked at
  /// any more.
  Value* find(const Key& key, std::uint64_t hash) {
    if (Value* found = young_.find(key, hash)) return found;
    Value* const found = old_.find(key, hash);
    return found == nullptr ? nullptr : &add(key, hash, std::move(*found));
  }

  Value& add(const Key& key, std::uint64_t hash, Value value) {
    if (young_.entries.size() == capacity_) {
      std::swap(young_, old_);
      young_.entries.clear();
      young_.index.clear();
    }
    young_.index.add(hash, static_cast<std::uint32_t>(young_.entries.size()));
    return young_.entries.emplace_back(key, std::move(value)).second;
  }

  std::size_t capacity_;
  Generation young_;
  Generation old_;
};

}  // namespace fake_servers
