#include "harness/stage/live/decoder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/packet/encode.hpp"
#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string options(int cseq) {
  return fmt::format(
      "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKa\r\nFrom: <sip:1@x>;tag=a\r\n"
      "To: <sip:1@x>\r\nCall-ID: c\r\nCSeq: {} OPTIONS\r\nContent-Length: 0\r\n\r\n",
      cseq);
}

/// Writes down what it is told, with its name.
class Recorder final : public TrafficObserver {
 public:
  Recorder(std::string name, std::vector<std::string>& told)
      : name_(std::move(name)), told_(told) {}
  void on_message(const LiveMessage& message) override {
    const std::string what = message.sip.is_sip() ? fmt::to_string(message.sip.cseq()) : "no SIP";
    tell(fmt::format("{} over {}", what, message.transport == Transport::tcp ? "TCP" : "UDP"));
  }
  void on_keep_alive(const capture::Origin&) override { tell("keep-alive"); }
  void on_stream_event(const capture::Origin&, capture::StreamEvent event) override {
    if (event == capture::StreamEvent::reset) tell("reset");
  }
  void on_arp() override { tell("ARP"); }

 private:
  void tell(const std::string& what) { told_.push_back(fmt::format("{}: {}", name_, what)); }

  std::string name_;
  std::vector<std::string>& told_;
};

class Decoded : public testing::Test {
 protected:
  void show(std::string_view frame) {
    decoder_.on_frame({CaptureTime(Duration(++frames_ * 1'000'000'000LL)),
                       packet::LinkType::ethernet, static_cast<std::uint32_t>(frame.size()),
                       frame});
  }
  void see(std::string_view payload) {
    show(packet::encode(packet::UdpDatagram{device, primary, ++ip_id_, payload}));
  }
  void see_segment(std::string_view payload, bool resets = false) {
    packet::TcpSegment segment;
    segment.source = device;
    segment.destination = primary;
    segment.ip_id = ++ip_id_;
    segment.sequence = sequence_;
    segment.acknowledgement = 1;
    segment.flags.ack = true;
    segment.flags.rst = resets;
    segment.payload = payload;
    sequence_ += static_cast<std::uint32_t>(payload.size());
    show(packet::encode(segment));
  }

  std::vector<std::string> told_;

 private:
  Recorder first_{"a", told_};
  Recorder second_{"b", told_};
  LiveDecoder decoder_{{&first_, &second_}};
  int frames_ = 0;
  std::uint16_t ip_id_ = 0;
  std::uint32_t sequence_ = 1;
};

TEST_F(Decoded, message_is_told_to_each_observer_in_order) {
  see(options(1));
  see("\x01\x02noise");
  EXPECT_THAT(told_, ElementsAre("a: 1 over UDP", "b: 1 over UDP", "a: no SIP over UDP",
                                 "b: no SIP over UDP"));
}

TEST_F(Decoded, stream_is_cut_into_messages_once) {
  const std::string bytes = options(1) + "\r\n\r\n" + options(2);
  see_segment(bytes.substr(0, 50));
  EXPECT_THAT(told_, IsEmpty());
  see_segment(bytes.substr(50));
  see_segment({}, true);
  EXPECT_THAT(told_, ElementsAre("a: 1 over TCP", "b: 1 over TCP", "a: 2 over TCP", "b: 2 over TCP",
                                 "a: reset", "b: reset"));
}

TEST_F(Decoded, keep_alive_is_no_message) {
  see("\r\n\r\n");
  EXPECT_THAT(told_, ElementsAre("a: keep-alive", "b: keep-alive"));
}

TEST_F(Decoded, arp_is_told) {
  std::string arp(42, '\0');
  arp[12] = '\x08';
  arp[13] = '\x06';
  show(arp);
  EXPECT_THAT(told_, ElementsAre("a: ARP", "b: ARP"));
}

}  // namespace
}  // namespace sipharness::stage
