#include "harness/stage/live/decoder.hpp"

namespace sipharness::stage {
namespace {

/// policy: streams read at once; a run needs a handful.
constexpr std::size_t most_streams = 4096;

bool is_arp(const packet::FrameView& frame) {
  constexpr std::string_view ethertype("\x08\x06", 2);
  return frame.link == packet::LinkType::ethernet && frame.bytes.size() > 14 &&
         frame.bytes.substr(12, 2) == ethertype;
}

}  // namespace

void LiveDecoder::on_frame(const packet::FrameView& frame) {
  if (!is_arp(frame)) return decoder_.on_frame(frame);
  for (TrafficObserver* observer : observers_) observer->on_arp();
}

void LiveDecoder::on_datagram(const capture::Origin& origin, std::string_view payload) {
  if (!sip::is_keep_alive(payload)) return tell(origin, Transport::udp, payload);
  for (TrafficObserver* observer : observers_) observer->on_keep_alive(origin);
}

void LiveDecoder::on_stream_bytes(const capture::Origin& origin, std::string_view bytes) {
  const auto way = std::pair(origin.source, origin.destination);
  if (streams_.size() >= most_streams && !streams_.contains(way)) return;
  sip::StreamFramer& framer = streams_[way];
  framer.push(bytes);
  while (const auto piece = framer.next())
    if (piece->kind == sip::StreamPiece::Kind::message) tell(origin, Transport::tcp, piece->bytes);
}

void LiveDecoder::on_stream_event(const capture::Origin& origin, capture::StreamEvent event) {
  // What comes after it belongs to another connection of the same ends, or to none.
  if (event == capture::StreamEvent::fin || event == capture::StreamEvent::reset ||
      event == capture::StreamEvent::syn)
    streams_.erase({origin.source, origin.destination});
  if (event == capture::StreamEvent::reset) streams_.erase({origin.destination, origin.source});
  for (TrafficObserver* observer : observers_) observer->on_stream_event(origin, event);
}

void LiveDecoder::on_icmp(const capture::IcmpError& error) {
  for (TrafficObserver* observer : observers_) observer->on_icmp(error);
}

void LiveDecoder::tell(const capture::Origin& origin, Transport transport, std::string_view bytes) {
  const sip::MessageView view = sip::MessageView::parse(bytes);
  for (TrafficObserver* observer : observers_)
    observer->on_message({origin, transport, bytes, view});
}

}  // namespace sipharness::stage
