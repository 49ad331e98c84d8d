#pragma once
// Reads SIP messages off the frames of a run while they are captured: datagrams, and messages cut
// out of streams. What reacts to them, or tells of them, derives from it.

#include <map>
#include <string_view>
#include <utility>

#include "harness/capture/decoder.hpp"
#include "harness/sip/transport/stream_framer.hpp"

namespace sipharness::stage {

class MessageWatch : public packet::FrameSink, protected capture::TrafficSink {
 public:
  void on_frame(const packet::FrameView& frame) override { decoder_.on_frame(frame); }

 protected:
  /// A datagram that is no keep-alive, or one message of a stream.
  virtual void on_message(const capture::Origin& origin, std::string_view bytes) = 0;

  void on_datagram(const capture::Origin& origin, std::string_view payload) override;
  void on_stream_bytes(const capture::Origin& origin, std::string_view bytes) override;
  void on_stream_event(const capture::Origin&, capture::StreamEvent) override {}
  void on_stream_gap(const capture::Origin&) override {}
  void on_icmp(const capture::IcmpError&) override {}
  void on_truncated(std::uint32_t) override {}

 private:
  std::map<std::pair<Endpoint, Endpoint>, sip::StreamFramer> streams_;
  capture::Decoder decoder_{*this};
};

}  // namespace sipharness::stage
