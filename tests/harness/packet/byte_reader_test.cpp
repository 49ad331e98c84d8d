#include "harness/packet/byte_reader.hpp"

#include <gtest/gtest.h>

#include "tests/harness/packet/bytes.hpp"

namespace sipharness::packet {
namespace {

TEST(ByteReader, reads_big_endian_numbers_in_order) {
  const std::string bytes = from_hex("ff 0102 03040506 61");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 0xff);
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_EQ(reader.u32(), 0x03040506U);
  EXPECT_EQ(reader.rest(), "a");
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, fails_for_good_once_it_was_asked_for_too_much) {
  ByteReader reader("abc");
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.take(1), "");
  reader.skip(0);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.rest(), "");
}

}  // namespace
}  // namespace sipharness::packet
