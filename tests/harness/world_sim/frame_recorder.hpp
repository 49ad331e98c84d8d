#pragma once
// Keeps every frame that passed the tap, and tells it as one line of text for a test to compare.

#include <string>
#include <vector>

#include "harness/packet/decode.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::world_sim {

class FrameRecorder final : public packet::FrameSink {
 public:
  struct Frame {
    CaptureTime at;
    std::string bytes;

    packet::IpPacket ip() const {
      return packet::decode_frame(packet::LinkType::ethernet, bytes).value();
    }
    packet::TcpHeader tcp() const { return packet::decode_tcp(ip().payload).value(); }
  };

  void on_frame(const packet::FrameView& frame) override {
    frames.push_back({frame.at, std::string(frame.bytes)});
  }

  /// "0.000500 10.0.0.1 S" for each TCP segment: seconds since `epoch`, source, flags, bytes.
  std::vector<std::string> tcp_lines(CaptureTime epoch) const;

  std::vector<Frame> frames;
};

}  // namespace sipharness::world_sim
