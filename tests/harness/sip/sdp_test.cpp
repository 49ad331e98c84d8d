#include "harness/sip/sdp.hpp"

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

constexpr MediaDirection directions[] = {MediaDirection::sendrecv, MediaDirection::sendonly,
                                         MediaDirection::recvonly, MediaDirection::inactive};

TEST(Sdp, what_is_written_reads_back) {
  for (const MediaDirection direction : directions) {
    for (const std::string_view media : {"127.0.0.1:40000", "[2001:db8::1]:7078"}) {
      const Sdp written = {.media = *Endpoint::parse(media),
                           .direction = direction,
                           .session_id = 1234567890123,
                           .version = 7};
      const auto read = parse_sdp(format_sdp(written));
      ASSERT_TRUE(read) << media;
      EXPECT_EQ(read->media, written.media);
      EXPECT_EQ(read->direction, direction);
      EXPECT_EQ(read->session_id, 1234567890123U);
      EXPECT_EQ(read->version, 7U);
    }
  }
}

TEST(Sdp, both_g711_codecs_and_dtmf_are_offered) {
  const std::string text = format_sdp({.media = *Endpoint::parse("127.0.0.1:40000")});
  EXPECT_NE(text.find("m=audio 40000 RTP/AVP 0 8 101\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=rtpmap:101 telephone-event/8000\r\n"), std::string::npos);
}

TEST(Sdp, the_address_and_direction_of_the_stream_outrank_those_of_the_session) {
  const auto sdp = parse_sdp(
      "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\na=sendonly\n"
      "m=audio 4000/2 RTP/AVP 0\nc=IN IP4 10.0.0.2/127\na=inactive\n");
  ASSERT_TRUE(sdp);
  EXPECT_EQ(sdp->media, Endpoint::parse("10.0.0.2:4000"));
  EXPECT_EQ(sdp->direction, MediaDirection::inactive);
}

TEST(Sdp, other_streams_are_passed_over) {
  const auto sdp = parse_sdp(
      "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
      "m=video 5000 RTP/AVP 96\r\nc=IN IP4 10.0.0.9\r\na=sendonly\r\n"
      "m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n"
      "m=audio 6000 RTP/AVP 8\r\nc=IN IP4 10.0.0.8\r\na=inactive\r\n");
  ASSERT_TRUE(sdp);
  EXPECT_EQ(sdp->media, Endpoint::parse("10.0.0.1:4000"));
  EXPECT_EQ(sdp->direction, MediaDirection::recvonly);
}

TEST(Sdp, a_refused_stream_has_port_zero) {
  const auto sdp = parse_sdp("v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 0 RTP/AVP 0\r\n");
  ASSERT_TRUE(sdp);
  EXPECT_EQ(sdp->media.port, 0);
}

TEST(Sdp, what_is_no_description_of_an_audio_stream_is_nothing) {
  for (const std::string_view text :
       {"", "hello", "v=1\nc=IN IP4 10.0.0.1\nm=audio 1 RTP/AVP 0\n",
        "c=IN IP4 10.0.0.1\nm=audio 1 RTP/AVP 0\n", "v=0\nm=audio 1 RTP/AVP 0\n",
        "v=0\nc=IN IP4 10.0.0.1\nm=video 1 RTP/AVP 0\n",
        "v=0\nc=IN IP4 10.0.0\nm=audio 1 RTP/AVP 0\n",
        "v=0\nc=IN IP4 10.0.0.1\nm=audio x RTP/AVP 0\n",
        "v=0\no=- x 1 IN IP4 h\nc=IN IP4 10.0.0.1\nm=audio 1 RTP/AVP 0\n",
        "v=0\nc=ATM NSAP x\nm=audio 1 RTP/AVP 0\n"}) {
    EXPECT_FALSE(parse_sdp(text)) << text;
  }
}

/// @source RFC 3264 §6.1
TEST(Sdp, an_answer_turns_one_way_streams_around) {
  EXPECT_EQ(answer_direction(MediaDirection::sendonly), MediaDirection::recvonly);
  EXPECT_EQ(answer_direction(MediaDirection::recvonly), MediaDirection::sendonly);
  EXPECT_EQ(answer_direction(MediaDirection::sendrecv), MediaDirection::sendrecv);
  EXPECT_EQ(answer_direction(MediaDirection::inactive), MediaDirection::inactive);
}

}  // namespace
}  // namespace sipharness::sip
