#include "harness/world_sim/tcp_send_buffer.hpp"

#include <gtest/gtest.h>

namespace sipharness::world_sim {
namespace {

using Acknowledged = TcpSendBuffer::Acknowledged;

constexpr std::size_t segment_size = 4;
constexpr std::size_t window = 100;

/// A buffer whose SYN was acknowledged: the first byte has the sequence given.
TcpSendBuffer open_at(std::uint32_t first_byte) {
  TcpSendBuffer buffer(first_byte - 1);
  buffer.send_syn();
  buffer.acknowledge(first_byte);
  return buffer;
}

TEST(SequenceDistance, is_signed_and_wraps) {
  EXPECT_EQ(sequence_distance(10, 15), 5);
  EXPECT_EQ(sequence_distance(15, 10), -5);
  EXPECT_EQ(sequence_distance(0xfffffffe, 3), 5);
}

TEST(TcpSendBuffer, cuts_bytes_into_segments_and_ends_with_fin) {
  TcpSendBuffer buffer = open_at(100);
  buffer.append("abcdef");
  buffer.append_fin();
  const auto first = buffer.take(segment_size, window);
  EXPECT_EQ(first->payload, "abcd");
  EXPECT_EQ(first->sequence, 100U);
  EXPECT_FALSE(first->is_last);
  const auto second = buffer.take(segment_size, window);
  EXPECT_EQ(second->payload, "ef");
  EXPECT_EQ(second->sequence, 104U);
  EXPECT_TRUE(second->is_last);
  const auto fin = buffer.take(segment_size, window);
  EXPECT_TRUE(fin->is_fin);
  EXPECT_EQ(fin->sequence, 106U);
  EXPECT_FALSE(buffer.take(segment_size, window).has_value());
}

TEST(TcpSendBuffer, keeps_bytes_that_wait_behind_the_syn) {
  TcpSendBuffer buffer(99);
  buffer.send_syn();
  buffer.append("early");
  EXPECT_EQ(buffer.acknowledge(100), Acknowledged::bytes);
  EXPECT_EQ(buffer.take(10, window)->payload, "early");
}

TEST(TcpSendBuffer, never_fills_the_window) {
  TcpSendBuffer buffer = open_at(1);
  buffer.append("abcdefgh");
  EXPECT_TRUE(buffer.take(segment_size, 8).has_value());
  EXPECT_FALSE(buffer.take(segment_size, 8).has_value());
  buffer.acknowledge(5);
  EXPECT_EQ(buffer.take(segment_size, 8)->payload, "efgh");
}

TEST(TcpSendBuffer, tells_what_an_acknowledgement_covers) {
  TcpSendBuffer buffer = open_at(0xfffffffe);
  buffer.append("abcd");
  buffer.append_fin();
  while (buffer.take(segment_size, window)) continue;
  EXPECT_EQ(buffer.acknowledge(4), Acknowledged::never_sent);
  EXPECT_EQ(buffer.acknowledge(0xfffffffe), Acknowledged::nothing_new);
  EXPECT_EQ(buffer.acknowledge(0), Acknowledged::bytes);
  EXPECT_EQ(buffer.acknowledge(0xffffffff), Acknowledged::nothing_new);
  EXPECT_TRUE(buffer.has_unacknowledged());
  EXPECT_EQ(buffer.acknowledge(3), Acknowledged::fin);
  EXPECT_FALSE(buffer.has_unacknowledged());
}

TEST(TcpSendBuffer, sends_again_from_the_first_unacknowledged_byte) {
  TcpSendBuffer buffer = open_at(1);
  buffer.append("abcdefgh");
  while (buffer.take(segment_size, window)) continue;
  buffer.acknowledge(5);
  buffer.rewind();
  const auto again = buffer.take(segment_size, window);
  EXPECT_EQ(again->payload, "efgh");
  EXPECT_EQ(again->sequence, 5U);
}

TEST(TcpSendBuffer, takes_an_acknowledgement_for_what_it_was_about_to_send_again) {
  TcpSendBuffer buffer = open_at(1);
  buffer.append("abcdefgh");
  while (buffer.take(segment_size, window)) continue;
  buffer.rewind();
  EXPECT_EQ(buffer.acknowledge(9), Acknowledged::bytes);
  EXPECT_FALSE(buffer.take(segment_size, window).has_value());
}

}  // namespace
}  // namespace sipharness::world_sim
