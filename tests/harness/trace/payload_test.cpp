#include "harness/trace/payload.hpp"

#include <string>

#include <gtest/gtest.h>

#include "harness/trace/census.hpp"

namespace sipharness::trace {
namespace {

TEST(Payload, a_keep_alive_is_blank_or_short_or_stun) {
  const std::string stun = std::string("\0\1\0\0\x21\x12\xa4\x42", 8) + std::string(12, 'x');
  for (const std::string& bytes :
       {std::string(), std::string(1, '\0'), std::string(4, '\0'), std::string("     "),
        std::string("\r\n\r\n\r\n\r\n\r\n"), std::string("jaK"), std::string("hello"), stun})
    EXPECT_TRUE(is_keep_alive(bytes)) << bytes;
  for (const std::string& bytes : {std::string("garbage"), std::string("SIP/2.0 200 OK\r\n"),
                                   std::string("\r\n\r\n\r\n\r\nx")})
    EXPECT_FALSE(is_keep_alive(bytes)) << bytes;
}

TEST(Payload, of_sip_begins_with_a_start_line) {
  EXPECT_TRUE(begins_like_sip("SIP/2.0 200 OK\r\n"));
  EXPECT_TRUE(begins_like_sip("REGISTER sip:x SIP/2.0\r\n"));
  EXPECT_FALSE(begins_like_sip("GET /x HTTP/1.1\r\n"));
  EXPECT_FALSE(begins_like_sip(std::string(20, '\x80')));
}

TEST(Payload, of_other_protocols_is_known_by_its_front) {
  const std::string hello("\x16\x03\x01\x00\x40\x01", 6);
  EXPECT_TRUE(is_tls_client_hello(hello));
  EXPECT_TRUE(is_tls_record(std::string("\x17\x03\x03\x00\x40", 5)));
  EXPECT_FALSE(is_tls_record("REGISTER sip:x SIP/2.0"));
  EXPECT_TRUE(asks_for_sip_websocket(
      "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: chat, sip\r\n\r\n"));
  EXPECT_FALSE(
      asks_for_sip_websocket("GET / HTTP/1.1\r\nSec-WebSocket-Protocol: chat\r\nX: sip\r\n\r\n"));
  EXPECT_EQ(name_of_datagram(std::string(12, '\x80')), "RTP");
  EXPECT_EQ(name_of_datagram("text"), "");
}

TEST(Census, says_what_a_capture_holds_instead_of_sip) {
  const Endpoint phone = *Endpoint::parse("192.0.2.50:40000");
  const Endpoint server = *Endpoint::parse("192.0.2.10:5061");
  const capture::Origin origin{3, {}, phone, server};
  Census census;
  EXPECT_EQ(census.instead_of_sip(0), "no frame in this capture");
  EXPECT_EQ(census.instead_of_sip(1), "no SIP message in 1 frame");
  census.add("RTP", origin);
  census.add("RTP", origin);
  census.add_for_server("TLS", origin, server);
  census.add_undecoded("ESP", origin);
  EXPECT_EQ(census.instead_of_sip(9),
            "no SIP message in 9 frames; TCP to port 5061 looks like TLS, which is not decrypted "
            "(1 record, server 192.0.2.10:5061): capture UDP or TCP; 1 of 9 frames carry ESP, "
            "which is not decoded; packets seen: 2 of RTP");
}

}  // namespace
}  // namespace sipharness::trace
