#pragma once
// A hash map of bounded size for what a server must remember of its recent past: which requests it
// has seen, which datagrams it has named, which nonces it gave out.
//  1. The last `capacity` distinct keys are remembered, older ones may be forgotten.
//  2. It never holds more than twice `capacity`.

#include <cstddef>
#include <unordered_map>
#include <utility>

namespace fake_servers {

template <class Key, class Value, class Hash = std::hash<Key>>
class RecentMap {
 public:
  explicit RecentMap(std::size_t capacity) : capacity_(capacity) {}

  bool empty() const { return young_.empty() && old_.empty(); }

  /// Null if unknown or forgotten; valid until the next call.
  Value* find(const Key& key) {
    if (auto found = young_.find(key); found != young_.end()) return &found->second;
    auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    make_room();
    return &young_.insert(old_.extract(found)).position->second;
  }

  /// The value of `key`, made if there is none; valid until the next call.
  Value& operator[](const Key& key) {
    if (Value* known = find(key)) return *known;
    make_room();
    return young_[key];
  }

 private:
  using Map = std::unordered_map<Key, Value, Hash>;

  void make_room();

  std::size_t capacity_;
  Map young_;
  Map old_;
};

template <class Key, class Value, class Hash>
void RecentMap<Key, Value, Hash>::make_room() {
  if (young_.size() < capacity_) return;
  std::swap(young_, old_);
  young_.clear();
}

}  // namespace fake_servers
