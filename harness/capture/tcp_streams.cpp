#include "harness/capture/tcp_streams.hpp"

namespace sipharness::capture {
namespace {

constexpr std::size_t max_streams = 65536;
constexpr std::size_t max_early_bytes = std::size_t{256} * 1024;
constexpr std::size_t max_early_segments = 256;
constexpr std::int32_t max_window = 1 << 30;  // RFC 7323 §2.3

std::int32_t distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

Origin reversed(const Origin& origin) {
  return {origin.frame, origin.at, origin.destination, origin.source};
}

}  // namespace

std::size_t TcpStreams::FlowHash::operator()(const Flow& flow) const {
  const EndpointHash hash;
  return hash(flow.source) * 31 + hash(flow.destination);
}

TcpStreams::Stream& TcpStreams::stream(const Flow& flow) {
  if (const auto known = streams_.find(flow); known != streams_.end()) return known->second;
  if (streams_.size() >= max_streams) streams_.erase(streams_.begin());
  return streams_[flow];
}

void TcpStreams::take(const Origin& origin, const packet::TcpHeader& segment) {
  if (segment.flags.rst) return take_reset(origin);
  if (segment.flags.syn) return take_syn(origin, segment);
  if (segment.flags.ack) take_acknowledgement(origin, segment.acknowledgement);
  take_bytes(origin, stream({origin.source, origin.destination}), segment);
}

void TcpStreams::take_syn(const Origin& origin, const packet::TcpHeader& segment) {
  Stream& opening = stream({origin.source, origin.destination});
  const bool is_copy = opening.syn == segment.sequence;
  if (!is_copy) {
    opening = Stream{};
    opening.syn = segment.sequence;
    opening.next = segment.sequence + 1;
  }
  if (segment.flags.ack) {
    if (!is_copy) sink_.on_stream_event(origin, StreamEvent::established);
    return;
  }
  if (!is_copy) streams_.erase({origin.destination, origin.source});
  sink_.on_stream_event(origin, is_copy ? StreamEvent::syn_copy : StreamEvent::syn);
}

void TcpStreams::take_reset(const Origin& origin) {
  streams_.erase({origin.source, origin.destination});
  streams_.erase({origin.destination, origin.source});
  sink_.on_stream_event(origin, StreamEvent::reset);
}

/// Bytes that the peer acknowledges did arrive: if they are missing here, the capture lost them.
void TcpStreams::take_acknowledgement(const Origin& origin, std::uint32_t acknowledged) {
  const auto known = streams_.find({origin.destination, origin.source});
  if (known == streams_.end() || !known->second.next) return;
  Stream& peer = known->second;
  const std::uint32_t end_of_bytes =
      peer.fin && acknowledged == *peer.fin + 1 ? *peer.fin : acknowledged;
  while (!peer.is_finished && distance(*peer.next, end_of_bytes) > 0) {
    if (peer.early.empty() || distance(peer.early.begin()->first, end_of_bytes) <= 0) {
      peer.next = end_of_bytes;
      sink_.on_stream_gap(reversed(origin));
      finish_if_complete(reversed(origin), peer);
      return;
    }
    skip_hole(reversed(origin), peer);
  }
}

void TcpStreams::take_bytes(const Origin& origin, Stream& stream,
                            const packet::TcpHeader& segment) {
  if (!stream.next) stream.next = segment.sequence;
  if (segment.flags.fin && !stream.fin) {
    stream.fin = segment.sequence + static_cast<std::uint32_t>(segment.payload.size());
  }
  if (distance(*stream.next, segment.sequence) <= 0) {
    deliver(origin, stream, segment.sequence, segment.payload);
    deliver_early(origin, stream);
  } else if (!segment.payload.empty()) {
    keep_early(origin, stream, segment);
  }
  finish_if_complete(origin, stream);
}

void TcpStreams::keep_early(const Origin& origin, Stream& stream,
                            const packet::TcpHeader& segment) {
  // Farther ahead than any window: nothing that could be ordered against what is kept.
  if (distance(*stream.next, segment.sequence) > max_window) return;
  std::string& kept = stream.early[segment.sequence];
  if (segment.payload.size() > kept.size()) {
    stream.early_bytes += segment.payload.size() - kept.size();
    kept = segment.payload;
  }
  const bool is_too_much =
      stream.early_bytes > max_early_bytes || stream.early.size() > max_early_segments;
  if (is_too_much) skip_hole(origin, stream);
}

void TcpStreams::deliver(const Origin& origin, Stream& stream, std::uint32_t sequence,
                         std::string_view bytes) {
  const auto known = static_cast<std::size_t>(distance(sequence, *stream.next));
  if (known >= bytes.size()) return;
  stream.next = sequence + static_cast<std::uint32_t>(bytes.size());
  sink_.on_stream_bytes(origin, bytes.substr(known));
}

void TcpStreams::deliver_early(const Origin& origin, Stream& stream) {
  while (!stream.early.empty() && distance(*stream.next, stream.early.begin()->first) <= 0) {
    const auto first = stream.early.extract(stream.early.begin());
    stream.early_bytes -= first.mapped().size();
    deliver(origin, stream, first.key(), first.mapped());
  }
}

void TcpStreams::skip_hole(const Origin& origin, Stream& stream) {
  stream.next = stream.early.begin()->first;
  sink_.on_stream_gap(origin);
  deliver_early(origin, stream);
}

void TcpStreams::finish_if_complete(const Origin& origin, Stream& stream) {
  if (stream.is_finished || stream.fin != stream.next) return;
  stream.is_finished = true;
  sink_.on_stream_event(origin, StreamEvent::fin);
}

}  // namespace sipharness::capture
