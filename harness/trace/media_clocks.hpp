#pragma once
// RTP as a clock of its own: a stream that pauses, and goes on with the next packet and timestamp,
// was sent by somebody for whom no time passed. @source RFC 3550 §5.1

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/capture/decoder.hpp"
#include "harness/trace/silence.hpp"

namespace sipharness::trace {

class MediaClocks {
 public:
  void add(const capture::Origin& origin, std::string_view packet);
  /// Pauses in which the sender's clock stood still, by their ends.
  const std::vector<Silence>& stood_still() const { return stood_still_; }

 private:
  struct Stream {
    Endpoint destination;
    std::uint32_t source_id = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t step = 0;  ///< of the timestamp from one packet to the next
    Duration interval{};     ///< of these two; zero: none were seen
    CaptureTime at;
    std::uint32_t frame = 0;
  };

  /// By their senders.
  std::unordered_map<Endpoint, Stream, EndpointHash> streams_;
  std::vector<Silence> stood_still_;
};

}  // namespace sipharness::trace
