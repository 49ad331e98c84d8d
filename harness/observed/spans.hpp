#pragma once
// Spans of time that may overlap, asked in logarithmic time whether one of them holds an instant.

#include <cstddef>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::observed {

class Spans {
 public:
  struct Span {
    CaptureTime from;
    CaptureTime until;      ///< not in it
    std::size_t owner = 0;  ///< whose it is, where that matters
  };

  explicit Spans(std::vector<Span> spans);

  bool any_at(CaptureTime at) const;
  /// One that is not `owner`'s.
  bool any_other_at(CaptureTime at, std::size_t owner) const;

 private:
  /// Of all spans that begin no later than `from`: when the last one ends, whose it is, and when
  /// the last one of all others ends.
  struct Reach {
    CaptureTime from;
    CaptureTime until = CaptureTime::min();
    std::size_t owner = 0;
    CaptureTime others = CaptureTime::min();
  };

  /// Null if none has begun.
  const Reach* reach_at(CaptureTime at) const;

  std::vector<Reach> reaches_;  ///< by their beginnings
};

}  // namespace sipharness::observed
