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
      {.id = 5,
       .is_response = true,
       .name = "_sip._udp.p.test",
       .type = RecordType::srv,
       .services = {{10, 60, 5070, "a.p.test", seconds(300)},
                    {20, 0, 5080, "b.p.test", seconds(30)}}},
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

/// A query for labels of `length` each, `count` of them.
std::string asking_for(std::size_t count, std::size_t length) {
  std::string bytes("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
  for (std::size_t i = 0; i < count; ++i)
    bytes += static_cast<char>(length) + std::string(length, 'a');
  return bytes + std::string("\x00\x00\x01\x00\x01", 5);
}

TEST(DnsMessage, takes_names_of_255_octets_and_no_longer) {
  EXPECT_TRUE(parse(asking_for(127, 1)).has_value());  // 127 * 2 + 1
  EXPECT_FALSE(parse(asking_for(128, 1)).has_value());
  EXPECT_TRUE(parse(asking_for(3, 63)).has_value());
  EXPECT_FALSE(parse(asking_for(4, 63)).has_value());
}

TEST(DnsMessage, takes_no_label_with_a_dot_for_two) {
  std::string bytes = asking_for(2, 3);
  EXPECT_EQ(parse(bytes)->name, "aaa.aaa");
  bytes[bytes.find('a') + 1] = '.';
  EXPECT_FALSE(parse(bytes).has_value());
}

/// An answer with so many pointers, each to the one before it, and records that name the last.
std::string chained(std::size_t pointers, std::size_t records) {
  std::string bytes("\x00\x01\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00", 12);
  bytes[7] = static_cast<char>(records & 0xff);
  bytes[6] = static_cast<char>(records >> 8U);
  bytes += std::string("\x01p\x00\x00\x01\x00\x01", 7);
  const auto pointer = [](std::size_t target) {
    return std::string({static_cast<char>(0xc0 | (target >> 8U)), static_cast<char>(target)});
  };
  // The pointers are the data of a first record of another type.
  bytes += pointer(12) + std::string("\x00\x10\x00\x01\x00\x00\x00\x00", 8);
  const std::size_t length = 2 * pointers;
  bytes += static_cast<char>(length >> 8U);
  bytes += static_cast<char>(length & 0xff);
  std::size_t last = 12;
  for (std::size_t i = 0; i < pointers; ++i) {
    const std::size_t here = bytes.size();
    bytes += pointer(last);
    last = here;
  }
  for (std::size_t i = 1; i < records; ++i)
    bytes +=
        pointer(last) + std::string("\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x7f\x00\x00\x01", 14);
  return bytes;
}

TEST(DnsMessage, follows_few_pointers) {
  EXPECT_TRUE(parse(chained(15, 2)).has_value());
  EXPECT_FALSE(parse(chained(17, 2)).has_value());
  EXPECT_FALSE(parse(chained(4000, 2000)).has_value());
}

TEST(DnsMessage, reads_on_behind_the_first_pointer) {
  const auto read = parse(chained(3, 4));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->answers.size(), 3U);
}

TEST(DnsMessage, takes_any_bytes_without_harm) {
  Rng rng(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(rng.below(64), '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng.below(256));
    (void)parse(bytes);
    (void)records_in(bytes);
  }
}

/// One question for "a.", and a record of this type with this data.
std::string response_with(char type, const std::string& data) {
  std::string bytes(
      "\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x01"
      "A\x00\x00\x21\x00\x01",
      19);
  bytes += std::string("\xc0\x0c\x00", 3) + type + std::string("\x00\x01\x00\x00\x00\x3c\x00", 7);
  return bytes + static_cast<char>(data.size()) + data;
}

TEST(DnsMessage, tells_where_names_lead) {
  const auto only = [](const std::string& bytes) {
    const auto records = records_in(bytes);
    return records.size() == 1 ? records.front() : Record{};
  };
  const std::string to_b(
      "\x01"
      "B\xc0\x0c",
      4);
  EXPECT_EQ(only(response_with(5, to_b)), (Record{"a", RecordType::cname, "b.a", {}, 0}));
  EXPECT_EQ(only(response_with(33, std::string("\x00\x0a\x00\x01\x13\xc4", 6) + to_b)),
            (Record{"a", RecordType::srv, "b.a", {}, 10, 5060}));
  EXPECT_EQ(only(response_with(35, std::string("\x00\x0a\x00\x32\x01s\x07SIP+D2U\x00", 15) + to_b)),
            (Record{"a", RecordType::naptr, "b.a", {}, 0}));
  EXPECT_EQ(only(response_with(1, std::string("\x7f\x00\x00\x01", 4))),
            (Record{"a", RecordType::a, "", IpAddress::v4({127, 0, 0, 1}), 0}));
}

TEST(DnsMessage, leaves_out_records_that_lead_nowhere) {
  EXPECT_TRUE(records_in(response_with(1, "abc")).empty());
  EXPECT_TRUE(records_in(response_with(16, "text")).empty());
  EXPECT_TRUE(records_in(response_with(33, "abc")).empty());
  EXPECT_TRUE(
      records_in(response_with(35, std::string("\x00\x0a\x00\x32\x00\x00\x00\x00", 8))).empty());
}

}  // namespace
}  // namespace sipharness::dns
