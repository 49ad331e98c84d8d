// Phones judged on several threads: each finding is what one thread finds. ./dev tsan runs it under
// ThreadSanitizer.

#include <filesystem>
#include <string>
#include <tuple>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/capture/pcap_writer.hpp"
#include "harness/judge/judge.hpp"
#include "harness/packet/encode.hpp"

namespace sipharness::judge {
namespace {

const Endpoint server = *Endpoint::parse("192.0.2.10:5060");

class Capture {
 public:
  explicit Capture(const std::string& path) : writer_(path, packet::LinkType::ethernet) {}

  void add(const Endpoint& source, const Endpoint& destination, const std::string& text) {
    const std::string frame =
        packet::encode(packet::UdpDatagram{source, destination, ++ip_id_, text});
    at_ += 20ms;
    writer_.on_frame({.at = CaptureTime(at_),
                      .link = packet::LinkType::ethernet,
                      .original_length = static_cast<std::uint32_t>(frame.size()),
                      .bytes = frame});
  }
  void skip(Duration time) { at_ += time; }

 private:
  capture::PcapWriter writer_;
  Duration at_ = std::chrono::seconds(1'700'000'000);
  std::uint16_t ip_id_ = 0;
};

/// REGISTER and its 200; then an INVITE that is refused and acknowledged.
void add_doings(Capture& capture, int phone, int round) {
  const Endpoint device{IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(100 + phone)}), 5060};
  for (const std::string_view method : {"REGISTER", "INVITE"}) {
    const std::string common = fmt::format(
        "Via: SIP/2.0/UDP {0};branch=z9hG4bK{1}{2}{3}\r\nFrom: <sip:{4}@192.0.2.10>;tag=f{1}{3}\r\n"
        "Call-ID: {1}{3}\r\nCSeq: {5} {1}\r\n",
        device.text(), method, phone, method == "INVITE" ? round * 100 + phone : phone,
        1000 + phone, round + 1);
    const std::string contact =
        fmt::format("Contact: <sip:{}@{}>\r\n", 1000 + phone, device.text());
    const std::string to = fmt::format("To: <sip:{}@192.0.2.10>", 1000 + phone);
    const std::string end = "Content-Length: 0\r\n\r\n";
    capture.add(device, server,
                fmt::format("{} sip:192.0.2.10 SIP/2.0\r\n{}{}\r\nMax-Forwards: 70\r\n{}Expires: "
                            "60\r\n{}",
                            method, common, to, contact, end));
    const bool is_call = method == "INVITE";
    capture.add(server, device,
                fmt::format("SIP/2.0 {}\r\n{}{};tag=t\r\n{}Expires: 60\r\n{}",
                            is_call ? "486 Busy Here" : "200 OK", common, to, contact, end));
  }
}

using Told = std::tuple<std::string_view, std::string, verdict::Verdict, std::string>;

std::vector<Told> told_with(const std::string& capture, unsigned jobs) {
  const auto judged = judge({.capture = capture, .jobs = jobs});
  std::vector<Told> told;
  if (!judged) return told;
  for (const verdict::Finding& finding : judged->result.findings)
    told.emplace_back(finding.requirement->id, finding.device, finding.verdict(),
                      finding.worst().message);
  return told;
}

TEST(SideBySide, phones_are_judged_as_one_after_the_other) {
  const std::string path =
      std::filesystem::temp_directory_path() / fmt::format("side_by_side_{}.pcap", getpid());
  {
    Capture capture(path);
    for (int round = 0; round < 3; ++round, capture.skip(50s))
      for (int phone = 0; phone < 6; ++phone) add_doings(capture, phone, round);
  }
  const std::vector<Told> alone = told_with(path, 1);
  EXPECT_GT(alone.size(), 600U) << "six phones, each by every rule";
  EXPECT_EQ(told_with(path, 4), alone);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace sipharness::judge
