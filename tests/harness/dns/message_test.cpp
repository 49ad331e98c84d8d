#include "harness/dns/message.hpp"

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"

namespace sipharness::dns {
namespace {

using std::chrono::seconds;

const Message query{.id = 0x1234, .name = "p.test", .type = RecordType::a};

TEST(DnsMessage, a_query_is_the_bytes_of_the_rfc) {
  const std::string expected(
      "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
      "\x01p\x04test\x00\x00\x01\x00\x01",
      24);
  EXPECT_EQ(encode(query), expected);
}

TEST(DnsMessage, survives_being_written_and_read) {
  const Message messages[] = {
      query,
      {.id = 1, .is_response = true, .code = ResponseCode::no_such_name, .name = "x.y.test"},
      {.id = 2,
       .is_response = true,
       .name = "p.test",
       .type = RecordType::a,
       .answers = {{*IpAddress::parse("127.0.0.11"), seconds(300)},
                   {*IpAddress::parse("127.0.0.12"), seconds(0)}}},
      {.id = 3,
       .is_response = true,
       .name = "p.test",
       .type = RecordType::aaaa,
       .answers = {{*IpAddress::parse("fd00::11"), seconds(30)}}},
      {.id = 4, .name = "_sip._udp.p.test", .type = RecordType::srv},
  };
  for (const Message& message : messages) {
    const auto read = parse(encode(message));
    ASSERT_TRUE(read.has_value()) << message.id;
    EXPECT_EQ(*read, message) << message.id;
  }
}

TEST(DnsMessage, reads_names_in_lower_case) {
  Message shouted = query;
  shouted.name = "P.TEST";
  EXPECT_EQ(parse(encode(shouted))->name, "p.test");
}

TEST(DnsMessage, leaves_answers_of_other_types_alone) {
  // A CNAME before the address, as real servers send it.
  std::string bytes("\x00\x01\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00", 12);
  bytes += std::string("\x01p\x04test\x00\x00\x01\x00\x01", 12);
  bytes += std::string("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c", 14);
  bytes += std::string("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x0b", 16);
  const auto read = parse(bytes);
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->answers.size(), 1U);
  EXPECT_EQ(read->answers[0].address.text(), "127.0.0.11");
}

TEST(DnsMessage, refuses_every_truncation) {
  const std::string whole = encode({.id = 2,
                                    .is_response = true,
                                    .name = "p.test",
                                    .type = RecordType::a,
                                    .answers = {{*IpAddress::parse("127.0.0.11"), seconds(300)}}});
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(parse(whole.substr(0, length)).has_value()) << length;
}

TEST(DnsMessage, follows_no_pointer_that_does_not_go_back) {
  std::string bytes("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
  bytes += std::string("\xc0\x0c\x00\x01\x00\x01", 6);  // to itself
  EXPECT_FALSE(parse(bytes).has_value());
}

TEST(DnsMessage, takes_any_bytes_without_harm) {
  Rng rng(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(rng.below(64), '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng.below(256));
    (void)parse(bytes);
  }
}

}  // namespace
}  // namespace sipharness::dns
