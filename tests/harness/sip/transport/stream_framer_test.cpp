#include "harness/sip/transport/stream_framer.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

using Kind = StreamPiece::Kind;

struct Seen {
  Kind kind;
  std::string bytes;
  std::uint64_t offset;
  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << static_cast<int>(seen.kind) << " at " << seen.offset << ": " << seen.bytes;
}

/// What comes out when `bytes` arrive in segments of `segment` bytes.
std::vector<Seen> frame(std::string_view bytes, std::size_t segment) {
  StreamFramer framer;
  std::vector<Seen> seen;
  for (std::size_t at = 0; at < bytes.size(); at += segment) {
    framer.push(bytes.substr(at, segment));
    while (const auto piece = framer.next()) {
      seen.push_back({piece->kind, std::string(piece->bytes), piece->offset});
    }
  }
  return seen;
}

const std::string with_body = "INFO sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody";
const std::string compact = "INFO sip:b SIP/2.0\r\nl :  2 \r\nX: y\r\n\r\nhi";
const std::string bodiless = "OPTIONS sip:c SIP/2.0\r\nTo: x\r\n\r\n";

TEST(StreamFramer, cuts_messages_however_the_stream_is_segmented) {
  const std::string stream = with_body + compact + bodiless;
  const std::vector<Seen> expected{
      {Kind::message, with_body, 0},
      {Kind::message, compact, with_body.size()},
      {Kind::message, bodiless, with_body.size() + compact.size()},
  };
  for (std::size_t segment = 1; segment <= stream.size(); ++segment) {
    EXPECT_EQ(frame(stream, segment), expected) << "segments of " << segment;
  }
}

TEST(StreamFramer, reads_folded_headers_as_one) {
  const std::string folded = "INFO sip:a SIP/2.0\r\nContent-Length :\r\n 2\r\n\r\nhi";
  const std::string alike = "INFO sip:b SIP/2.0\r\nSubject: x\r\n l: 99\r\nl: 1\r\n\r\n!";
  const std::vector<Seen> expected{{Kind::message, folded, 0},
                                   {Kind::message, alike, folded.size()}};
  EXPECT_EQ(frame(folded + alike, 7), expected);
}

TEST(StreamFramer, a_body_without_a_length_ends_where_the_next_message_begins) {
  const std::string unmeasured = "INFO sip:a SIP/2.0\r\nc: text/plain\r\n\r\nv=0\r\no=a\r\n";
  const std::string stream = unmeasured + bodiless + unmeasured;
  EXPECT_EQ(frame(stream, stream.size()),
            (std::vector<Seen>{{Kind::message, unmeasured, 0},
                               {Kind::message, bodiless, unmeasured.size()},
                               {Kind::message, unmeasured, unmeasured.size() + bodiless.size()}}));
}

TEST(StreamFramer, tells_keep_alives_between_messages) {
  const std::string stream = "\r\n\r\n" + bodiless + "\r\n";
  EXPECT_EQ(frame(stream, stream.size()),
            (std::vector<Seen>{{Kind::keep_alive, "\r\n\r\n", 0},
                               {Kind::message, bodiless, 4},
                               {Kind::keep_alive, "\r\n", 4 + bodiless.size()}}));
}

TEST(StreamFramer, waits_for_the_second_byte_of_a_keep_alive) {
  StreamFramer framer;
  framer.push("\r");
  EXPECT_FALSE(framer.next());
  framer.push("\n");
  const auto piece = framer.next();
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->bytes, "\r\n");
}

TEST(StreamFramer, keeps_an_unfinished_message_as_pending) {
  StreamFramer framer;
  framer.push(bodiless + "INVITE sip:d");
  ASSERT_TRUE(framer.next());
  EXPECT_FALSE(framer.next());
  EXPECT_EQ(framer.pending(), "INVITE sip:d");
  EXPECT_EQ(framer.pending_offset(), bodiless.size());
}

TEST(StreamFramer, reads_a_head_once_however_slowly_its_body_comes) {
  std::string message = "A b C\r\n";
  while (message.size() < 32'000) message += "X: y\r\n";
  message += "l: 32000\r\n\r\n" + std::string(32'000, 'b');
  StreamFramer framer;
  for (const char c : message.substr(0, message.size() - 1)) {
    framer.push({&c, 1});
    ASSERT_FALSE(framer.next());
  }
  framer.push("b");
  const auto piece = framer.next();
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->bytes, message);
}

struct BrokenCase {
  const char* name;
  std::string stream;
  const char* problem;
};

TEST(StreamFramer, breaks_where_nothing_can_be_framed_any_more) {
  const std::string long_name(StreamFramer::default_max_message + 1, 'x');
  const BrokenCase cases[] = {
      {"letters", "A b C\r\nContent-Length: four\r\n\r\n", "Content-Length is not a number"},
      {"negative", "A b C\r\nContent-Length: -1\r\n\r\n", "Content-Length is not a number"},
      {"empty", "A b C\r\nContent-Length:\r\n\r\n", "Content-Length is not a number"},
      {"beyond 32 bits", "A b C\r\nl: 99999999999\r\n\r\n", "Content-Length is not a number"},
      {"long body", "A b C\r\nl: 65536\r\n\r\n", "a message that is too long"},
      {"endless head", long_name, "a message head that is too long"},
      {"long head", long_name + "\r\n\r\n", "a message head that is too long"},
  };
  for (const auto& [name, stream, problem] : cases) {
    StreamFramer framer;
    framer.push(bodiless + stream);
    ASSERT_TRUE(framer.next()) << name;
    const auto piece = framer.next();
    ASSERT_TRUE(piece) << name;
    EXPECT_EQ(piece->kind, Kind::broken) << name;
    EXPECT_EQ(piece->offset, bodiless.size()) << name;
    EXPECT_EQ(piece->problem, problem) << name;
    EXPECT_TRUE(framer.is_broken()) << name;
    framer.push(bodiless);
    EXPECT_FALSE(framer.next()) << name;
  }
}

}  // namespace
}  // namespace sipharness::sip
