#pragma once
// From frames to what transport users saw: UDP datagrams (IP fragments put together), TCP streams
// in order, ICMP errors. Knows no SIP. Bytes are hostile: whatever does not decode is counted,
// never fatal, and every queue in here is bounded.
//  1. Frames are numbered from 1 in the order they come, as Wireshark does.
//  2. A copy of a packet within a millisecond (same IP id and bytes: SPAN port, `any` device) is
//     dropped and counted.
//  3. Views in the callbacks are valid during the call only.

#include <cstdint>
#include <memory>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/unreachable.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::capture {

/// Where bytes were seen. For a stream, the frame is the one that brought the last byte.
struct Origin {
  std::uint32_t frame = 0;
  CaptureTime at;
  Endpoint source;
  Endpoint destination;
};

enum class StreamEvent : std::uint8_t { syn, syn_copy, established, fin, reset };

/// An ICMP error and the packet it complains about.
struct IcmpError {
  std::uint32_t frame = 0;
  CaptureTime at;
  Unreachable reason = Unreachable::port;
  Transport transport = Transport::udp;
  Endpoint original_source;
  Endpoint original_destination;
};

class TrafficSink {
 public:
  virtual ~TrafficSink() = default;
  virtual void on_datagram(const Origin& origin, std::string_view payload) = 0;
  /// In order and without gaps; `on_stream_gap` tells of bytes the capture lacks.
  virtual void on_stream_bytes(const Origin& origin, std::string_view bytes) = 0;
  virtual void on_stream_event(const Origin& origin, StreamEvent event) = 0;
  virtual void on_stream_gap(const Origin& origin) = 0;
  virtual void on_icmp(const IcmpError& error) = 0;
  /// A frame shorter than it was on the wire, so that a payload is incomplete.
  virtual void on_truncated(std::uint32_t frame) = 0;
};

struct DecoderCounts {
  std::uint64_t frames = 0;
  std::uint64_t undecodable = 0;  ///< not IP, or broken below UDP and TCP
  std::uint64_t duplicates = 0;
  std::uint64_t truncated = 0;
  std::uint64_t stream_gaps = 0;
};

class Decoder final : public packet::FrameSink {
 public:
  explicit Decoder(TrafficSink& sink);
  ~Decoder() override;
  void on_frame(const packet::FrameView& frame) override;
  const DecoderCounts& counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::capture
