#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "harness/capture/link_types.hpp"
#include "harness/capture/pcap_file.hpp"

namespace sipharness::capture {
namespace {

/// What a pcap file's 32 bits can say: the year 2106.
constexpr std::int64_t last_second = 0xffffffff;

struct CloseReader {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

/// What the read loop carries from packet to packet.
struct Reading {
  packet::FrameSink& sink;
  packet::LinkType link;
  ReadOutcome outcome;
};

void take_packet(u_char* context, const pcap_pkthdr* header, const u_char* bytes) {
  Reading& reading = *reinterpret_cast<Reading*>(context);
  // With nanosecond precision asked for, libpcap's tv_usec holds nanoseconds. A pcapng may claim
  // any second; those beyond the range of the clock are brought into it.
  const std::int64_t second = std::clamp<std::int64_t>(header->ts.tv_sec, 0, last_second);
  const std::int64_t fraction = std::clamp<std::int64_t>(header->ts.tv_usec, 0, 999'999'999);
  const CaptureTime at{std::chrono::seconds(second) + Duration(fraction)};
  ++reading.outcome.frames;
  reading.sink.on_frame(
      {at, reading.link, header->len, {reinterpret_cast<const char*>(bytes), header->caplen}});
}

std::string link_name(int dlt) {
  const char* const name = pcap_datalink_val_to_name(dlt);
  return name != nullptr ? name : fmt::format("{}", dlt);
}

}  // namespace

Expected<ReadOutcome> read_capture(const std::string& path, packet::FrameSink& sink) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, CloseReader> handle(pcap_open_offline_with_tstamp_precision(
      path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error.data()));
  if (!handle) return failure(path, error.data());
  const int dlt = pcap_datalink(handle.get());
  const std::optional<packet::LinkType> link = from_pcap(dlt);
  if (!link) {
    return failure(path, fmt::format("link type {} is not decoded; allowed are {}", link_name(dlt),
                                     decoded_link_types()));
  }
  Reading reading{sink, *link, {}};
  if (pcap_loop(handle.get(), -1, take_packet, reinterpret_cast<u_char*>(&reading)) < 0) {
    reading.outcome.truncation = Error{
        fmt::format("{}: frame {}", path, reading.outcome.frames + 1), pcap_geterr(handle.get())};
  }
  return reading.outcome;
}

}  // namespace sipharness::capture
