#pragma once
// Writes down, one line each, what a decoder told; and the frames that tests feed it.

#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/capture/decoder.hpp"
#include "harness/packet/encode.hpp"

namespace sipharness::capture {

class RecordingSink final : public TrafficSink {
 public:
  std::vector<std::string> lines;

  void on_datagram(const Origin& origin, std::string_view payload) override {
    note(origin, fmt::format("udp {}", payload));
  }
  void on_stream_bytes(const Origin& origin, std::string_view bytes) override {
    note(origin, fmt::format("tcp {}", bytes));
  }
  void on_stream_event(const Origin& origin, StreamEvent event) override {
    constexpr std::string_view names[] = {"syn", "syn copy", "established", "fin", "reset"};
    note(origin, names[static_cast<std::size_t>(event)]);
  }
  void on_stream_gap(const Origin& origin) override { note(origin, "gap"); }
  void on_icmp(const IcmpError& error) override {
    lines.push_back(fmt::format("{} icmp {} for {} to {}", error.frame, to_string(error.reason),
                                error.original_source.text(), error.original_destination.text()));
  }
  void on_incomplete(const Incomplete& packet) override {
    constexpr std::string_view names[] = {"cut", "not whole", "in conflict", "damaged", "changed"};
    note(packet.origin,
         fmt::format("{} {}", names[static_cast<std::size_t>(packet.why)], packet.payload));
  }
  void on_undecoded(const Origin& origin, std::string_view protocol) override {
    note(origin, protocol);
  }

 private:
  void note(const Origin& origin, std::string_view what) {
    lines.push_back(fmt::format("{} {} > {} {}", origin.frame, origin.source.port,
                                origin.destination.port, what));
  }
};

inline const Endpoint phone{IpAddress::v4({10, 0, 0, 1}), 5062};
inline const Endpoint server{IpAddress::v4({10, 0, 0, 2}), 5060};

inline std::string datagram(std::string_view payload, std::uint16_t ip_id = 1) {
  return packet::encode(packet::UdpDatagram{phone, server, ip_id, payload});
}

/// The IP packet of a synthesised Ethernet frame.
inline std::string ip_of(const std::string& frame) {
  return frame.substr(packet::ethernet_header_size);
}

/// Feeds frames ten milliseconds apart, beyond the reach of the duplicate filter.
class Feeder {
 public:
  explicit Feeder(packet::FrameSink& sink) : sink_(sink) {}
  void feed(std::string_view bytes, packet::LinkType link = packet::LinkType::ethernet) {
    feed_cut(bytes, bytes.size(), link);
  }
  void feed_cut(std::string_view bytes, std::size_t kept,
                packet::LinkType link = packet::LinkType::ethernet) {
    at_ += 10ms;
    sink_.on_frame({at_, link, static_cast<std::uint32_t>(bytes.size()), bytes.substr(0, kept)});
  }
  void wait(Duration time) { at_ += time; }

 private:
  packet::FrameSink& sink_;
  CaptureTime at_{std::chrono::seconds(1704067200)};
};

}  // namespace sipharness::capture
