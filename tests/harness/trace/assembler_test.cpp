#include "harness/trace/assembler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/trace_builder.hpp"

namespace sipharness::trace {
namespace {

using test_support::epoch;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using testing::IsEmpty;

constexpr std::string_view options_request =
    "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5062;branch=z9hG4bK-o\r\n"
    "From: <sip:1001@h>;tag=a\r\nTo: <sip:1001@h>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\nContent-Length: 4\r\n\r\nbody";

// --- What counts as a message --------------------------------------------------------------------

TEST(Assembler, gives_messages_with_frame_time_ends_and_direction) {
  TraceBuilder t;
  t.registration(secondary, 2s);
  const Trace trace = t.build();
  ASSERT_EQ(trace.messages.size(), 2U);
  const Message& asked = trace.messages[0];
  EXPECT_EQ(asked.index, 0U);
  EXPECT_EQ(asked.frame, 1U);
  EXPECT_EQ(asked.at, epoch + 2s);
  EXPECT_EQ(asked.source.text(), "127.0.0.1:5062");
  EXPECT_EQ(asked.destination.text(), "127.0.0.12:5080");
  EXPECT_TRUE(asked.from_device());
  EXPECT_EQ(asked.server, ServerRole::secondary);
  EXPECT_EQ(asked.sip.method(), sip::Method::register_);
  EXPECT_TRUE(trace.messages[1].to_device());
  EXPECT_EQ(trace.messages[1].server, ServerRole::secondary);
  EXPECT_THAT(trace.malformed, IsEmpty());
  EXPECT_TRUE(trace.health.complete());
  EXPECT_EQ(trace.zero, epoch);
}

TEST(Assembler, default_messages_of_the_builder_have_no_problem) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.complete_call(primary, 1s);
  const auto invite = t.at(20s).to_device(secondary).request("INVITE");
  t.at(21s).request("CANCEL", {.in = invite});
  t.at(22s).from_device(primary).request("SUBSCRIBE", {.expires = std::chrono::seconds(60)});
  const Trace trace = t.build();
  EXPECT_THAT(trace.malformed, IsEmpty());
}

struct PayloadCase {
  const char* name;
  std::string payload;
  std::size_t messages;
  std::size_t malformed;
};

TEST(Assembler, tells_garbage_on_a_sip_port_and_skips_keep_alives) {
  const std::string stun = std::string("\0\1\0\0\x21\x12\xa4\x42", 8) + std::string(12, 'x');
  const PayloadCase cases[] = {
      {"double CRLF", "\r\n\r\n", 0, 0},
      {"CRLF", "\r\n", 0, 0},
      {"STUN", stun, 0, 0},
      {"garbage", "INVITE ial sip:1002", 0, 1},
      {"NUL bytes", std::string(4, '\0'), 0, 0},
      {"SIP with a problem", "OPTIONS sip:x SIP/2.0\r\n\r\n", 1, 1},
      {"SIP", std::string(options_request), 1, 0},
  };
  for (const PayloadCase& one : cases) {
    SCOPED_TRACE(one.name);
    TraceBuilder t;
    t.at(1s).from_device(primary).raw(one.payload);
    const Trace trace = t.build();
    EXPECT_EQ(trace.messages.size(), one.messages);
    ASSERT_EQ(trace.malformed.size(), one.malformed);
    if (one.malformed == 0) continue;
    EXPECT_EQ(trace.malformed[0].frame, 1U);
    EXPECT_EQ(trace.malformed[0].direction, Direction::from_device);
    EXPECT_EQ(trace.malformed[0].bytes, one.payload);
    EXPECT_FALSE(trace.malformed[0].problem.what.empty());
  }
}

/// A datagram between two ends that are no server of the scenario.
Trace elsewhere(std::string_view payload) {
  AssembleOptions options;
  options.servers = {{primary, *Endpoint::parse("127.0.0.11:5070")}};
  TraceAssembler assembler(std::move(options));
  assembler.on_datagram(
      {1, epoch, *Endpoint::parse("127.0.0.1:40000"), *Endpoint::parse("127.0.0.99:5060")},
      payload);
  return std::move(assembler).finish({});
}

TEST(Assembler, passes_media_by_and_keeps_sip_to_anywhere) {
  EXPECT_THAT(elsewhere("\x80\x08 rtp").malformed, IsEmpty());
  EXPECT_THAT(elsewhere("GET / HTTP/1.1\r\n\r\n").messages, IsEmpty());
  const Trace trace = elsewhere(options_request);
  ASSERT_EQ(trace.messages.size(), 1U);
  EXPECT_EQ(trace.messages[0].direction, Direction::elsewhere);
}

TEST(Assembler, keeps_views_valid_when_the_trace_moves) {
  TraceBuilder t;
  for (int i = 0; i < 3000; ++i) t.at(i * 1ms).from_device(primary).request("OPTIONS");
  Trace trace = t.build();
  const Trace moved = std::move(trace);
  EXPECT_EQ(moved.messages.front().sip.call_id(), "call-1");
  EXPECT_EQ(moved.messages.back().sip.call_id(), "call-3000");
}

// --- Streams -------------------------------------------------------------------------------------

class StreamAssembly : public testing::Test {
 protected:
  void SetUp() override { t.over(Transport::tcp).from_device(primary); }
  TraceBuilder t;
};

TEST_F(StreamAssembly, cuts_messages_by_content_length) {
  const std::string two = std::string(options_request) + std::string(options_request);
  t.at(0s).stream_event(capture::StreamEvent::syn);
  t.at(1s).raw(two.substr(0, 30));
  t.at(2s).raw(two.substr(30, options_request.size()));
  t.at(3s).raw(two.substr(30 + options_request.size()));
  const Trace trace = t.build();
  ASSERT_EQ(trace.messages.size(), 2U);
  EXPECT_EQ(trace.messages[0].frame, 3U) << "the frame that brought the last byte";
  EXPECT_EQ(trace.messages[0].transport, Transport::tcp);
  EXPECT_EQ(trace.messages[0].sip.body(), "body");
  EXPECT_EQ(trace.messages[1].frame, 4U);
}

TEST(Assembler, reads_a_stream_from_its_first_byte_however_its_start_line_is_cut) {
  const std::string_view response =
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK-o\r\n"
      "From: <sip:1001@h>;tag=a\r\nTo: <sip:1001@h>;tag=b\r\n"
      "Call-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
  for (const std::string_view text : {options_request, response})
    for (const bool is_opened : {true, false})
      for (std::size_t length = 1; length < 40; ++length) {
        SCOPED_TRACE(length);
        TraceBuilder t;
        t.without_journal();
        t.infer_servers();
        t.over(Transport::tcp).from_device(primary).at(0s);
        if (is_opened) t.stream_event(capture::StreamEvent::syn);
        for (std::size_t at = 0; at < text.size(); at += length) t.raw(text.substr(at, length));
        const Trace trace = t.build();
        ASSERT_EQ(trace.messages.size(), 1U);
        EXPECT_EQ(trace.messages[0].sip.bytes(), text);
        EXPECT_THAT(trace.malformed, IsEmpty());
        EXPECT_EQ(trace.census.packets("TCP"), 0U);
      }
}

TEST(Assembler, counts_a_stream_that_only_seems_to_begin_with_a_start_line) {
  for (const std::string_view second : {"sip nothing of the kind\r\n", ""}) {
    TraceBuilder t;
    t.without_journal();
    t.infer_servers();
    t.over(Transport::tcp).from_device(primary).at(0s);
    t.stream_event(capture::StreamEvent::syn);
    t.raw("HELO ");
    if (!second.empty()) t.raw(second);
    t.stream_event(capture::StreamEvent::fin);
    const Trace trace = t.build();
    EXPECT_THAT(trace.messages, IsEmpty());
    EXPECT_EQ(trace.census.packets("TCP"), 1U);
  }
}

TEST_F(StreamAssembly, skips_keep_alives_between_messages) {
  t.at(0s).stream_event(capture::StreamEvent::syn);
  t.at(1s).raw("\r\n\r\n" + std::string(options_request) + "\r\n\r\n");
  t.at(2s).raw(options_request);
  const Trace trace = t.build();
  EXPECT_EQ(trace.messages.size(), 2U);
  EXPECT_THAT(trace.malformed, IsEmpty());
}

TEST_F(StreamAssembly, waits_after_a_gap_for_the_next_beginning) {
  t.at(0s).stream_event(capture::StreamEvent::syn);
  t.at(1s).raw(options_request.substr(0, 40));
  t.at(2s).stream_gap();
  t.at(3s).raw("CSeq: 1 OPTIONS\r\n\r\n");
  t.at(4s).raw(options_request);
  const Trace trace = t.build();
  ASSERT_EQ(trace.messages.size(), 1U);
  EXPECT_EQ(trace.messages[0].at, epoch + 4s);
  EXPECT_THAT(trace.malformed, IsEmpty());
}

TEST_F(StreamAssembly, goes_on_after_a_gap_at_the_next_start_line_wherever_it_is) {
  t.at(0s).stream_event(capture::StreamEvent::syn);
  t.at(1s).raw(options_request.substr(0, 40));
  t.at(2s).stream_gap();
  // The end of a NOTIFY with message/sipfrag, and a message.
  t.at(3s).raw("1 OPTIONS\r\n\r\nSIP/2.0 200 OK\r\n" + std::string(options_request));
  const Trace trace = t.build();
  ASSERT_EQ(trace.messages.size(), 1U);
  EXPECT_EQ(trace.messages[0].sip.method(), sip::Method::options);
  EXPECT_FALSE(trace.health.complete());
}

TEST_F(StreamAssembly, goes_on_after_a_length_that_is_no_number) {
  const std::string bad = "OPTIONS sip:x SIP/2.0\r\nContent-Length: x\r\n\r\n";
  t.at(0s).stream_event(capture::StreamEvent::syn);
  t.at(1s).raw(bad + std::string(options_request) + bad);
  t.at(2s).raw(options_request);
  const Trace trace = t.build();
  EXPECT_EQ(trace.messages.size(), 2U);
  ASSERT_EQ(trace.malformed.size(), 2U);
  EXPECT_EQ(trace.malformed[0].bytes, bad);
}

TEST_F(StreamAssembly, tells_of_a_message_that_the_end_of_the_stream_cuts_off) {
  t.at(0s).stream_event(capture::StreamEvent::syn);
  t.at(1s).raw(options_request.substr(0, 40));
  t.at(2s).stream_event(capture::StreamEvent::fin);
  const Trace trace = t.build();
  ASSERT_EQ(trace.malformed.size(), 1U);
  EXPECT_EQ(trace.malformed[0].problem.what, "the stream ends inside a message");
  EXPECT_EQ(trace.malformed[0].transport, Transport::tcp);
}

TEST_F(StreamAssembly, marks_the_stream_and_counts_a_reset_by_the_server_as_a_failure) {
  t.at(0s).stream_event(capture::StreamEvent::syn);
  t.at(1s).to_device(primary).stream_event(capture::StreamEvent::reset);
  t.at(2s).from_device(secondary).stream_event(capture::StreamEvent::reset);
  const Trace trace = t.build();
  ASSERT_EQ(trace.stream_marks.size(), 3U);
  EXPECT_EQ(trace.stream_marks[0].server, ServerRole::primary);
  ASSERT_EQ(trace.transport_failures.size(), 1U);
  EXPECT_EQ(trace.transport_failures[0].at, epoch + 1s);
  EXPECT_EQ(trace.transport_failures[0].transport, Transport::tcp);
  EXPECT_EQ(trace.transport_failures[0].device, t.device_endpoint());
  EXPECT_EQ(trace.transport_failures[0].server, ServerRole::primary);
}

TEST(Assembler, icmp_for_what_the_device_sent_is_a_transport_failure) {
  TraceBuilder t;
  const auto asked = t.at(1s).from_device(primary).request("REGISTER");
  t.at(1001ms).icmp(asked);
  const auto called = t.at(2s).to_device(primary).request("INVITE");
  t.at(2001ms).icmp(called);
  const Trace trace = t.build();
  ASSERT_EQ(trace.transport_failures.size(), 1U) << "the other one went to the server";
  EXPECT_EQ(trace.transport_failures[0].at, epoch + 1001ms);
  EXPECT_EQ(trace.transport_failures[0].server, ServerRole::primary);
  EXPECT_EQ(trace.transport_failures[0].destination, t.server_endpoint(primary));
}

}  // namespace
}  // namespace sipharness::trace
