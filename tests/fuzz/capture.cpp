// A capture file from anywhere, read: pcap, pcapng, snoop, compressed, tunnels, fragments, streams.
// Views hold bytes, packets are of frames that are there, and a capture that cannot be read says
// why. What is made of it is the business of the target judged_capture.

#include <algorithm>
#include <string>
#include <string_view>

#include "harness/capture/capture_file.hpp"
#include "harness/capture/decoder.hpp"
#include "harness/capture/hep_clock.hpp"
#include "harness/capture/time_order.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/scratch_file.hpp"

namespace sipharness::fuzz {
namespace {

/// Reads every byte it is given, so that a sanitizer sees one that is not there.
class ReadingSink final : public capture::TrafficSink {
 public:
  void on_datagram(const capture::Origin& origin, std::string_view payload) override {
    note(origin.frame, payload);
  }
  void on_stream_bytes(const capture::Origin& origin, std::string_view bytes) override {
    expect(!bytes.empty(), "a stream brings bytes");
    note(origin.frame, bytes);
  }
  void on_stream_event(const capture::Origin& origin, capture::StreamEvent) override {
    note(origin.frame);
  }
  void on_stream_gap(const capture::Origin& origin) override { note(origin.frame); }
  void on_icmp(const capture::IcmpError& error) override { note(error.frame); }
  void on_incomplete(const capture::Incomplete& packet) override {
    note(packet.origin.frame, packet.payload);
  }
  void on_copy(const capture::Origin& origin, std::string_view payload) override {
    note(origin.frame, payload);
  }
  void on_undecoded(const capture::Origin& origin, std::string_view protocol) override {
    expect(!protocol.empty(), "what is not decoded has a name");
    note(origin.frame);
  }

  void expect_frames(std::uint64_t frames) const {
    expect(last_frame_ <= frames, "what is told is of a frame of the file");
  }

 private:
  void note(std::uint32_t frame, std::string_view bytes = {}) {
    expect(frame > 0, "frames are numbered from 1");
    last_frame_ = std::max(last_frame_, frame);
    for (const char byte : bytes) sum_ = static_cast<char>(sum_ ^ byte);
  }

  std::uint32_t last_frame_ = 0;
  volatile char sum_ = 0;
};

void read(const std::string& path, capture::Copies copies) {
  ReadingSink sink;
  capture::Decoder decoder(sink, copies);
  capture::TimeOrder order(decoder);
  capture::HepClock clock(order);
  const auto file = capture::CaptureFile::open({path});  // holds what waits in `order`
  expect(file.has_value(), "a file that is there can be opened");
  const auto outcome = file->read(clock);
  if (!outcome) {
    expect(!outcome.error().text().empty(), "a capture that cannot be read says why");
    return;
  }
  order.finish();
  decoder.finish();
  sink.expect_frames(outcome->frames);
  expect(decoder.counts().frames <= outcome->frames, "a frame is decoded once");
}

}  // namespace
}  // namespace sipharness::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  static const fuzz::ScratchFile file("capture");
  file.write({reinterpret_cast<const char*>(data), size});
  fuzz::read(file.path(), size % 2 == 0 ? capture::Copies::any : capture::Copies::with_id);
  return 0;
}
