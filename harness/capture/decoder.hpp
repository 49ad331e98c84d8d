#pragma once
// From frames to what transport users saw: UDP datagrams (IP fragments put together), TCP streams
// in order, ICMP errors. Knows no SIP. Bytes are hostile: whatever does not decode is counted,
// never fatal, and every queue in here is bounded.
//  1. Frames have the numbers that Wireshark gives them: those of the file, else the order they
//     come in.
//  2. A copy of a packet (SPAN port, `any` device: duplicates.hpp) is dropped and told of.
//  3. Messages that Wireshark exported are told as if they had come in packets.
//  4. Tunnels are opened (harness/packet/tunnel.hpp); what is not decoded is told by its name.
//  5. Views in the callbacks are valid during the call only.
//  6. finish() is called once, after the last frame.

#include <cstdint>
#include <memory>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/unreachable.hpp"
#include "harness/capture/duplicates.hpp"
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

/// A packet that the capture does not have as a whole, or not as it was sent. What is whole and
/// damaged is told besides.
struct Incomplete {
  enum class Why : std::uint8_t {
    cut,
    fragments_missing,
    fragments_in_conflict,
    damaged,  ///< no packet in it decodes, or a bit of it was turned
    changed   ///< its checksum is wrong in another way
  };

  Why why = Why::cut;
  Origin origin;               ///< with port 0, and without addresses, where they are not known
  std::string_view payload{};  ///< of UDP or TCP: what there is of it, from its beginning
  std::uint32_t captured = 0;  ///< bytes of the frame that is cut
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
  virtual void on_incomplete(const Incomplete& packet) = 0;
  /// A datagram that was there before: the same packet, captured once more.
  virtual void on_copy(const Origin&, std::string_view /*payload*/) {}
  /// A packet of a protocol that is not decoded ("ESP"), between two addresses (port 0); a frame of
  /// a link layer that is not, between none.
  virtual void on_undecoded(const Origin&, std::string_view /*protocol*/) {}
};

struct DecoderCounts {
  std::uint64_t frames = 0;
  std::uint64_t undecodable = 0;  ///< not IP, or broken below UDP and TCP
  std::uint64_t duplicates = 0;
};

class Decoder final : public packet::FrameSink {
 public:
  explicit Decoder(TrafficSink& sink, Copies copies = Copies::with_id);
  ~Decoder() override;
  void on_frame(const packet::FrameView& frame) override;
  void finish();
  const DecoderCounts& counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::capture
