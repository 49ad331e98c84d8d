#pragma once
// The payloads of a capture that the journal may name, found by their digest: as many as there are
// messages, so each lies in one place with nothing allocated for it alone.
//  1. Payloads of one digest are met in the order in which they were seen.

#include <cstddef>
#include <cstdint>
#include <deque>

#include "harness/base/endpoint.hpp"
#include "harness/base/hash_index.hpp"
#include "harness/base/time.hpp"

namespace sipharness::trace {

/// Where a payload was seen and which message it became, if any.
struct PayloadRecord {
  static constexpr std::size_t no_message = static_cast<std::size_t>(-1);

  Transport transport = Transport::udp;
  Endpoint source;
  Endpoint destination;
  CaptureTime at;
  std::size_t message = no_message;
  bool claimed = false;  ///< a journal entry was resolved to it
};

class PayloadRecords {
 public:
  void add(std::uint64_t digest, const PayloadRecord& record) {
    const auto number = static_cast<std::uint32_t>(kept_.size());
    kept_.push_back({digest, record});
    const std::uint32_t first = first_of(digest);
    if (first == none) {
      firsts_.add(digest, number);
      kept_[number].last = number;
    } else {
      kept_[kept_[first].last].next = number;
      kept_[first].last = number;
    }
  }

  template <class Take>
  void for_each(std::uint64_t digest, const Take& take) {
    for (std::uint32_t at = first_of(digest); at != none; at = kept_[at].next)
      take(kept_[at].record);
  }

 private:
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  struct Kept {
    std::uint64_t digest;
    PayloadRecord record;
    std::uint32_t next = none;  ///< of the same digest
    std::uint32_t last = none;  ///< of the same digest; the first of them knows it
  };

  std::uint32_t first_of(std::uint64_t digest) const {
    const auto is_meant = [&](std::uint32_t number) { return kept_[number].digest == digest; };
    return firsts_.find(digest, is_meant).value_or(none);
  }

  std::deque<Kept> kept_;
  HashIndex firsts_;
};

}  // namespace sipharness::trace
