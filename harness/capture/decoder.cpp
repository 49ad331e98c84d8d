#include "harness/capture/decoder.hpp"

#include "harness/capture/fragments.hpp"
#include "harness/capture/link_types.hpp"
#include "harness/capture/tcp_streams.hpp"
#include "harness/packet/byte_reader.hpp"
#include "harness/packet/checksum.hpp"
#include "harness/packet/decode.hpp"
#include "harness/packet/exported_pdu.hpp"
#include "harness/packet/hep.hpp"
#include "harness/packet/link_layer.hpp"
#include "harness/packet/tunnel.hpp"

namespace sipharness::capture {
namespace {

using packet::IpPacket;

/// policy: a tunnel in a tunnel in a tap; more is hostile.
constexpr int most_tunnels = 4;

/// The ports that UDP and TCP begin with; zeros where there is nothing.
Origin origin_of(std::uint32_t frame, CaptureTime at, const IpPacket& packet,
                 std::string_view payload) {
  Origin origin{frame, at, {packet.source, 0}, {packet.destination, 0}};
  const bool has_ports =
      packet.protocol == packet::protocol::udp || packet.protocol == packet::protocol::tcp;
  if (!has_ports || payload.size() < 4) return origin;
  packet::ByteReader reader(payload);
  origin.source.port = reader.u16();
  origin.destination.port = reader.u16();
  return origin;
}

/// What there is of the payload of UDP or TCP.
std::string_view payload_of(std::uint8_t protocol, std::string_view ip_payload) {
  constexpr std::size_t udp_header = 8;
  if (protocol == packet::protocol::udp && ip_payload.size() > udp_header)
    return ip_payload.substr(udp_header);
  if (protocol != packet::protocol::tcp) return {};
  const auto tcp = packet::decode_tcp(ip_payload);
  return tcp ? tcp->payload : std::string_view();
}

}  // namespace

class Decoder::Impl {
 public:
  Impl(TrafficSink& sink, Copies copies)
      : sink_(sink),
        duplicates_(copies),
        reassembler_([this](const Reassembler::Lost& lost) { tell_lost(lost); }),
        streams_(sink) {}

  const DecoderCounts& counts() const { return counts_; }

  void take(const packet::FrameView& frame) {
    ++counts_.frames;
    frame_ = frame.number != 0 ? frame.number : static_cast<std::uint32_t>(counts_.frames);
    at_ = frame.at;
    captured_ = static_cast<std::uint32_t>(frame.bytes.size());
    if (frame.link == packet::LinkType::exported_pdu) return take_exported(frame);
    if (const auto packet = packet::decode_frame(frame.link, frame.bytes))
      return take_ip(*packet, 0);
    take_without_ip(frame);
  }

  void finish() { reassembler_.finish(); }

 private:
  void take_without_ip(const packet::FrameView& frame) {
    const Origin nowhere{frame_, at_, {}, {}};
    if (!packet::is_decoded(frame.link) && !packet::carries_no_ip(frame.link))
      return sink_.on_undecoded(nowhere, link_name(frame.link));
    if (const auto wifi = packet::undecoded_wifi(frame.link, frame.bytes); !wifi.empty())
      return sink_.on_undecoded(nowhere, wifi);
    ++counts_.undecodable;
    const bool is_cut = frame.original_length > frame.bytes.size() && may_be_ip(frame);
    if (is_cut || hides_packet(frame))
      sink_.on_incomplete({.why = is_cut ? Incomplete::Why::cut : Incomplete::Why::damaged,
                           .origin = nowhere,
                           .captured = captured_});
  }

  /// Of an Ethernet frame: its type says IP and what follows is none, or something else and an IPv4
  /// packet follows.
  static bool hides_packet(const packet::FrameView& frame) {
    constexpr std::size_t ethernet_header = 14;
    if (frame.link != packet::LinkType::ethernet || frame.bytes.size() <= ethernet_header)
      return false;
    if (packet::without_link_layer(frame.link, frame.bytes)) return true;
    const auto packet = packet::decode_ip(frame.bytes.substr(ethernet_header));
    return packet && packet->source.is_v4() && packet::internet_checksum(packet->header) == 0;
  }

  /// Of a frame that is cut in its headers.
  static bool may_be_ip(const packet::FrameView& frame) {
    constexpr std::size_t longest_link_header = 20;
    return frame.bytes.size() < longest_link_header ||
           packet::without_link_layer(frame.link, frame.bytes);
  }

  void take_exported(const packet::FrameView& frame) {
    const auto pdu = packet::decode_exported_pdu(frame.bytes);
    if (!pdu) {
      ++counts_.undecodable;
      return sink_.on_incomplete({.origin = {frame_, at_, {}, {}}, .captured = captured_});
    }
    const Origin origin{frame_, at_, pdu->source, pdu->destination};
    const auto packet = packet::decode_ip(pdu->payload);
    if (pdu->protocol.starts_with("ip") && packet) return take_ip(*packet, 0);
    if (frame.original_length > frame.bytes.size())
      return sink_.on_incomplete(
          {.origin = origin, .payload = pdu->payload, .captured = captured_});
    if (pdu->transport == Transport::tcp)
      sink_.on_stream_bytes(origin, pdu->payload);
    else
      sink_.on_datagram(origin, pdu->payload);
  }

  void take_ip(const IpPacket& packet, int depth) {
    if (duplicates_.is_copy(at_, packet)) return tell_copy(packet);
    if (!packet.is_fragment()) return take_packet(packet, depth);
    if (packet.truncated) return tell_incomplete(Incomplete::Why::cut, packet);
    if (const auto whole = reassembler_.add(frame_, at_, packet)) {
      IpPacket joined = packet;
      joined.more_fragments = false;
      joined.fragment_offset = 0;
      const std::string payload(*whole);  // a tunnel inside may have fragments of its own
      joined.payload = payload;
      take_packet(joined, depth);
    }
  }

  void take_packet(const IpPacket& packet, int depth) {
    if (packet.protocol == packet::protocol::udp && take_hep(packet)) return;
    const packet::Tunnel tunnel = packet::open_tunnel(packet);
    if (tunnel.inner && depth < most_tunnels) return take_ip(*tunnel.inner, depth + 1);
    if (!tunnel.name.empty()) {
      if (!tunnel.is_decoded) sink_.on_undecoded(origin_of(frame_, at_, packet, {}), tunnel.name);
      return;
    }
    if (const auto soundness = packet::soundness_of(packet); soundness != packet::Soundness::sound)
      tell_incomplete(soundness == packet::Soundness::bit_turned ? Incomplete::Why::damaged
                                                                 : Incomplete::Why::changed,
                      packet);
    switch (packet.protocol) {
      case packet::protocol::udp:
        return take_udp(packet);
      case packet::protocol::tcp:
        return take_tcp(packet);
      case packet::protocol::icmp:
      case packet::protocol::icmpv6:
        return take_icmp(packet);
      default:
        return;  // another transport is none of ours
    }
  }

  /// Two agents may have seen one packet.
  bool take_hep(const IpPacket& packet) {
    const auto udp = packet::decode_udp(packet.payload);
    const auto hep = udp ? packet::decode_hep(udp->payload) : std::nullopt;
    if (!hep) return false;
    const Origin origin{frame_, at_, hep->source, hep->destination};
    const bool is_udp = hep->transport == Transport::udp;
    IpPacket seen;
    seen.source = hep->source.address;
    seen.destination = hep->destination.address;
    seen.protocol = is_udp ? packet::protocol::udp : packet::protocol::tcp;
    seen.id = 1;
    seen.payload = hep->payload;
    if (duplicates_.is_copy(at_, seen)) {
      ++counts_.duplicates;
      if (is_udp) sink_.on_copy(origin, hep->payload);
    } else if (is_udp) {
      sink_.on_datagram(origin, hep->payload);
    } else {
      sink_.on_stream_bytes(origin, hep->payload);
    }
    return true;
  }

  Origin origin(const IpPacket& packet) const {
    return origin_of(frame_, at_, packet, packet.payload);
  }

  void take_udp(const IpPacket& packet) {
    const auto udp = packet::decode_udp(packet.payload);
    if (packet.truncated || (udp && udp->truncated))
      tell_incomplete(Incomplete::Why::cut, packet);
    else if (udp)
      sink_.on_datagram(origin(packet), udp->payload);
    else
      ++counts_.undecodable;
  }

  /// Of a segment that is cut, what there is: the stream has a gap behind it.
  void take_tcp(const IpPacket& packet) {
    if (packet.truncated) tell_incomplete(Incomplete::Why::cut, packet);
    const auto tcp = packet::decode_tcp(packet.payload);
    if (tcp)
      streams_.take(origin(packet), *tcp);
    else
      ++counts_.undecodable;
  }

  void take_icmp(const IpPacket& packet) {
    const auto error = packet::decode_icmp_error(packet);
    if (!error) return;  // a ping, say
    sink_.on_icmp({frame_, at_, error->reason, error->transport, error->original_source,
                   error->original_destination});
  }

  void tell_incomplete(Incomplete::Why why, const IpPacket& packet) {
    sink_.on_incomplete({.why = why,
                         .origin = origin(packet),
                         .payload = payload_of(packet.protocol, packet.payload),
                         .captured = captured_});
  }

  void tell_copy(const IpPacket& packet) {
    ++counts_.duplicates;
    if (packet.protocol == packet::protocol::udp && !packet.is_fragment())
      sink_.on_copy(origin(packet), payload_of(packet.protocol, packet.payload));
  }

  void tell_lost(const Reassembler::Lost& lost) {
    IpPacket packet;
    packet.source = lost.source;
    packet.destination = lost.destination;
    packet.protocol = lost.protocol;
    sink_.on_incomplete({.why = lost.is_in_conflict ? Incomplete::Why::fragments_in_conflict
                                                    : Incomplete::Why::fragments_missing,
                         .origin = origin_of(lost.frame, lost.at, packet, lost.beginning),
                         .payload = payload_of(lost.protocol, lost.beginning)});
  }

  TrafficSink& sink_;
  DecoderCounts counts_;
  std::uint32_t frame_ = 0;
  CaptureTime at_;
  std::uint32_t captured_ = 0;
  DuplicateFilter duplicates_;
  Reassembler reassembler_;
  TcpStreams streams_;
};

Decoder::Decoder(TrafficSink& sink, Copies copies) : impl_(std::make_unique<Impl>(sink, copies)) {}

Decoder::~Decoder() = default;

void Decoder::on_frame(const packet::FrameView& frame) {
  impl_->take(frame);
}

void Decoder::finish() {
  impl_->finish();
}

const DecoderCounts& Decoder::counts() const {
  return impl_->counts();
}

}  // namespace sipharness::capture
