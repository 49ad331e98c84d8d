#include "harness/stage/live/unexpected_traffic.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/packet/encode.hpp"
#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

std::string request(std::string_view method, std::string_view user) {
  return fmt::format(
      "{} sip:x SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKa\r\nFrom: <sip:{}@x>;tag=a\r\n"
      "To: <sip:{}@x>\r\nCall-ID: c\r\nCSeq: 1 {}\r\nContent-Length: 0\r\n\r\n",
      method, user, user, method);
}

class Seen : public testing::Test {
 protected:
  void see(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    const std::string frame = packet::encode(packet::UdpDatagram{from, to, ++ip_id_, payload});
    show(frame);
  }
  void show(std::string_view frame) {
    decoder_.on_frame({CaptureTime(Duration(ip_id_ * 1'000'000'000LL)), packet::LinkType::ethernet,
                       static_cast<std::uint32_t>(frame.size()), frame});
  }

  scenario::Scenario scenario_ = two_servers();
  std::uint16_t ip_id_ = 0;
  UnexpectedTraffic unexpected_{scenario_};
  LiveDecoder decoder_{{&unexpected_}};
};

TEST_F(Seen, nothing_is_said_so) {
  EXPECT_EQ(unexpected_.text(), "nothing");
}

TEST_F(Seen, is_counted_kind_by_kind) {
  see(device, primary, request("OPTIONS", "1001"));
  see(device, primary, request("OPTIONS", "1001"));
  see(device, secondary, request("REGISTER", "2001"));
  see(device, primary, "\x01\x02noise");
  EXPECT_EQ(unexpected_.text(),
            "2 OPTIONS from 127.0.0.1:5062 to the primary, "
            "1 REGISTER for 2001 from 127.0.0.1:5062 to the secondary, "
            "1 non-SIP datagram from 127.0.0.1:5062 to the primary");
  unexpected_.forget();
  EXPECT_EQ(unexpected_.text(), "nothing");
}

TEST_F(Seen, shows_a_wrong_port_and_hides_hostile_bytes) {
  see(device, {primary.address, 5061}, request("REGISTER", "20\x1b[2J01"));
  see(device, {primary.address, 5061}, "noise to nobody");
  EXPECT_EQ(unexpected_.text().find('\x1b'), std::string::npos);
  EXPECT_NE(unexpected_.text().find("127.0.0.11:5061, where no server is"), std::string::npos)
      << unexpected_.text();
}

TEST_F(Seen, leaves_out_what_the_servers_say_and_counts_the_rest) {
  see(primary, device, request("OPTIONS", "1001"));
  EXPECT_EQ(unexpected_.text(), "nothing");
  for (int user = 0; user < 15; ++user)
    see(device, primary, request("REGISTER", fmt::to_string(user)));
  EXPECT_NE(unexpected_.text().find("and 3 more of other kinds"), std::string::npos);
}

TEST_F(Seen, knows_arp) {
  std::string arp(42, '\0');
  arp[12] = '\x08';
  arp[13] = '\x06';
  show(arp);
  EXPECT_EQ(unexpected_.text(), "1 ARP packet");
}

}  // namespace
}  // namespace sipharness::stage
