#pragma once
// When the ends of a trace sent keep-alives: a phone that sends nothing else is there all the same.
//  1. Of each end and ten seconds the first and the last are kept, so that a flood of them takes no
//     more memory than a few.

#include <optional>
#include <unordered_map>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"

namespace sipharness::trace {

class KeepAliveTimes {
 public:
  /// They come by time, but for a clock that goes back.
  void add(const Endpoint& source, CaptureTime at);
  /// The last one known from there before `at`.
  std::optional<CaptureTime> last_before(const Endpoint& source, CaptureTime at) const;

 private:
  struct Some {
    CaptureTime first;
    CaptureTime last;
  };
  std::unordered_map<Endpoint, std::vector<Some>, EndpointHash> by_source_;
};

}  // namespace sipharness::trace
