#pragma once
// The Call-IDs of a phone's messages as numbers: whoever asks whether two messages have the same
// one, or for what else has it, need not look at their texts, which lie far apart in a capture.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/base/hash_index.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

class CallNumbers {
 public:
  explicit CallNumbers(const Phone& phone);

  /// From 0, in the order of their first messages.
  std::uint32_t operator[](const Message& message) const { return numbers_[message.index]; }
  /// Of a Call-ID that a message has.
  std::optional<std::uint32_t> find(std::string_view call_id) const;
  std::size_t count() const { return firsts_.size(); }

 private:
  const Phone& phone_;
  std::vector<std::uint32_t> numbers_;  ///< by message
  std::vector<std::uint32_t> firsts_;   ///< the first message with each
  HashIndex by_call_id_;
};

CallNumbers find_call_numbers(const Phone& phone);
inline const CallNumbers& call_numbers(const Phone& phone) {
  return phone.derived<find_call_numbers>();
}

inline bool have_same_call_id(const Phone& phone, const Message& a, const Message& b) {
  return call_numbers(phone)[a] == call_numbers(phone)[b];
}

}  // namespace sipharness::observed
