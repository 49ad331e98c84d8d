#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/capture/pcap_writer.hpp"
#include "harness/packet/encode.hpp"
#include "harness/trace/trace.hpp"
#include "tests/support/trace_builder.hpp"

namespace sipharness::trace {
namespace {

using test_support::epoch;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using testing::ElementsAre;
using testing::HasSubstr;

class BuildTrace : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + "trace_" + test.name() + ".pcap";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  /// The messages of a trace as a capture file.
  void write(const Trace& trace) const {
    capture::PcapWriter writer(path_, packet::LinkType::ethernet);
    std::uint16_t ip_id = 0;
    for (const Message& message : trace.messages) {
      const std::string frame = packet::encode(
          packet::UdpDatagram{message.source, message.destination, ++ip_id, message.sip.bytes()});
      writer.on_frame({message.at, packet::LinkType::ethernet, 0, frame});
    }
  }

  static scenario::Scenario two_servers() {
    scenario::Scenario scenario;
    scenario.servers.resize(2);
    scenario.servers[0].name = "primary";
    scenario.servers[0].address = IpAddress::parse("127.0.0.11");
    scenario.servers[0].port = 5070;
    scenario.servers[1].name = "secondary";
    scenario.servers[1].address = IpAddress::parse("127.0.0.12");
    scenario.servers[1].port = 5080;
    return scenario;
  }

  std::string path_;
};

TEST_F(BuildTrace, reads_what_was_written) {
  TraceBuilder t;
  t.healthy_registrations(1s);
  t.complete_call(primary, 10s);
  const Trace written = t.build();
  write(written);
  const scenario::Scenario scenario = two_servers();
  BuildOptions options;
  options.captures = {path_};
  options.journal = written.journal;
  options.scenario = &scenario;
  options.vantage = Vantage::device;
  const Expected<Trace> trace = build_trace(std::move(options));
  ASSERT_TRUE(trace) << trace.error().text();
  ASSERT_EQ(trace->messages.size(), written.messages.size());
  for (std::size_t i = 0; i < written.messages.size(); ++i) {
    EXPECT_EQ(trace->messages[i].at, written.messages[i].at);
    EXPECT_EQ(trace->messages[i].frame, written.messages[i].frame);
    EXPECT_EQ(trace->messages[i].direction, written.messages[i].direction);
    EXPECT_EQ(trace->messages[i].server, written.messages[i].server);
    EXPECT_EQ(trace->messages[i].sip.bytes(), written.messages[i].sip.bytes());
  }
  EXPECT_EQ(trace->counts.frames, written.messages.size());
  EXPECT_EQ(trace->first, epoch + 1s);
  EXPECT_TRUE(trace->health.complete());
  EXPECT_EQ(trace->vantage, Vantage::device);
}

TEST_F(BuildTrace, infers_the_servers_of_a_foreign_capture) {
  TraceBuilder t;
  t.healthy_registrations(1s);
  write(t.build());
  BuildOptions options;
  options.captures = {path_};
  const Expected<Trace> trace = build_trace(std::move(options));
  ASSERT_TRUE(trace) << trace.error().text();
  ASSERT_EQ(trace->servers.size(), 2U);
  EXPECT_EQ(trace->servers[0].endpoint, t.server_endpoint(primary));
  EXPECT_EQ(trace->devices.at(0).name, "phone");
}

TEST_F(BuildTrace, takes_the_servers_that_are_named_whatever_the_traffic_says) {
  TraceBuilder t;
  t.healthy_registrations(1s);
  write(t.build());
  BuildOptions options;
  options.captures = {path_};
  options.servers = {{ServerRole::primary, t.server_endpoint(secondary)},
                     {ServerRole::secondary, t.server_endpoint(primary)}};
  const Expected<Trace> trace = build_trace(std::move(options));
  ASSERT_TRUE(trace) << trace.error().text();
  EXPECT_EQ(trace->messages[0].destination, t.server_endpoint(primary));
  EXPECT_EQ(trace->messages[0].server, ServerRole::secondary);
}

TEST_F(BuildTrace, has_no_secondary_where_only_the_primary_is_named) {
  TraceBuilder t;
  t.healthy_registrations(1s);
  write(t.build());
  BuildOptions options;
  options.captures = {path_};
  options.servers = {{ServerRole::primary, t.server_endpoint(primary)}};
  const Expected<Trace> trace = build_trace(std::move(options));
  ASSERT_TRUE(trace) << trace.error().text();
  ASSERT_EQ(trace->servers.size(), 1U);
  for (const Message& message : trace->messages)
    EXPECT_EQ(message.direction == Direction::elsewhere, message.server == ServerRole::none);
}

TEST_F(BuildTrace, a_capture_that_ends_early_is_a_fault) {
  TraceBuilder t;
  t.healthy_registrations(1s);
  write(t.build());
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 1);
  BuildOptions options;
  options.captures = {path_};
  const Expected<Trace> trace = build_trace(std::move(options));
  ASSERT_TRUE(trace) << trace.error().text();
  EXPECT_EQ(trace->messages.size(), 3U);
  EXPECT_THAT(trace->health.texts(), ElementsAre(HasSubstr(path_ + ": frame 4: truncated")));
}

TEST_F(BuildTrace, a_missing_capture_is_an_error) {
  BuildOptions options;
  options.captures = {"no/such.pcap"};
  const Expected<Trace> trace = build_trace(std::move(options));
  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().place, "no/such.pcap");
}

}  // namespace
}  // namespace sipharness::trace
