#include "harness/capture/decoder.hpp"

#include "harness/capture/duplicates.hpp"
#include "harness/capture/fragments.hpp"
#include "harness/capture/tcp_streams.hpp"
#include "harness/packet/decode.hpp"

namespace sipharness::capture {

class Decoder::Impl {
 public:
  explicit Impl(TrafficSink& sink) : sink_(sink), streams_(sink, counts_) {}

  const DecoderCounts& counts() const { return counts_; }

  void take(const packet::FrameView& frame) {
    ++counts_.frames;
    const auto packet = packet::decode_frame(frame.link, frame.bytes);
    if (!packet) {
      ++counts_.undecodable;
      return;
    }
    if (duplicates_.is_copy(frame.at, *packet)) {
      ++counts_.duplicates;
      return;
    }
    if (packet->truncated) return tell_truncated();
    if (!packet->is_fragment()) return take_packet(frame.at, *packet);
    if (const auto whole = reassembler_.add(frame.at, *packet)) {
      packet::IpPacket joined = *packet;
      joined.payload = *whole;
      take_packet(frame.at, joined);
    }
  }

 private:
  void take_packet(CaptureTime at, const packet::IpPacket& packet) {
    switch (packet.protocol) {
      case packet::protocol::udp:
        return take_udp(at, packet);
      case packet::protocol::tcp:
        return take_tcp(at, packet);
      case packet::protocol::icmp:
      case packet::protocol::icmpv6:
        return take_icmp(at, packet);
      default:
        return;  // another transport is none of ours
    }
  }

  Origin origin(CaptureTime at, const packet::IpPacket& packet, std::uint16_t source_port,
                std::uint16_t destination_port) const {
    return {frame(), at, {packet.source, source_port}, {packet.destination, destination_port}};
  }

  void take_udp(CaptureTime at, const packet::IpPacket& packet) {
    const auto udp = packet::decode_udp(packet.payload);
    if (!udp) {
      ++counts_.undecodable;
    } else if (udp->truncated) {
      tell_truncated();
    } else {
      sink_.on_datagram(origin(at, packet, udp->source_port, udp->destination_port), udp->payload);
    }
  }

  void take_tcp(CaptureTime at, const packet::IpPacket& packet) {
    const auto tcp = packet::decode_tcp(packet.payload);
    if (!tcp) {
      ++counts_.undecodable;
      return;
    }
    streams_.take(origin(at, packet, tcp->source_port, tcp->destination_port), *tcp);
  }

  void take_icmp(CaptureTime at, const packet::IpPacket& packet) {
    const auto error = packet::decode_icmp_error(packet);
    if (!error) return;  // a ping, say
    sink_.on_icmp({frame(), at, error->reason, error->transport, error->original_source,
                   error->original_destination});
  }

  void tell_truncated() {
    ++counts_.truncated;
    sink_.on_truncated(frame());
  }

  std::uint32_t frame() const { return static_cast<std::uint32_t>(counts_.frames); }

  TrafficSink& sink_;
  DecoderCounts counts_;
  DuplicateFilter duplicates_;
  Reassembler reassembler_;
  TcpStreams streams_;
};

Decoder::Decoder(TrafficSink& sink) : impl_(std::make_unique<Impl>(sink)) {}

Decoder::~Decoder() = default;

void Decoder::on_frame(const packet::FrameView& frame) {
  impl_->take(frame);
}

const DecoderCounts& Decoder::counts() const {
  return impl_->counts();
}

}  // namespace sipharness::capture
