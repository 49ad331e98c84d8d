#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::ElementsAre;

/// Handles every datagram with one function.
struct Answerer final : world::DatagramHandler {
  void on_datagram(const Endpoint& from, std::string_view payload) override {
    answer(from, std::string(payload));
  }
  void on_unreachable(const Endpoint&, Unreachable) override {}
  std::function<void(const Endpoint&, const std::string&)> answer;
  std::unique_ptr<world::DatagramPort> port;
};

/// A server whose datagrams come together: they wait in its socket before the world runs.
class SendBatchTest : public testing::Test {
 protected:
  SendBatchTest() {
    server_.port = world_.open_datagram(own_endpoint(1), server_);
    client_ = world_.open_datagram(own_endpoint(2), heard_);
  }

  void send_together(int count) {
    for (int i = 1; i <= count; ++i) client_->send(own(server_), std::to_string(i));
  }
  std::vector<std::string> payloads_after(std::size_t count) {
    run_until(world_, [&] { return heard_.datagrams.size() >= count; });
    std::vector<std::string> payloads;
    for (const auto& datagram : heard_.datagrams) payloads.push_back(datagram.payload);
    return payloads;
  }
  static Endpoint own(const Answerer& answerer) { return answerer.port->local(); }

  RealWorld world_;
  Answerer server_;
  DatagramRecorder heard_;
  std::unique_ptr<world::DatagramPort> client_;
};

TEST_F(SendBatchTest, answers_leave_in_order_however_many_they_are) {
  server_.answer = [&](const Endpoint& from, const std::string& payload) {
    for (const char* part : {"a", "b", "c"}) server_.port->send(from, payload + part);
  };
  send_together(40);
  std::vector<std::string> expected;
  for (int i = 1; i <= 40; ++i)
    for (const char* part : {"a", "b", "c"}) expected.push_back(std::to_string(i) + part);
  EXPECT_EQ(payloads_after(expected.size()), expected);
}

TEST_F(SendBatchTest, answers_of_several_ports_leave_in_order) {
  Answerer other;
  other.port = world_.open_datagram(own_endpoint(3), other);
  server_.answer = [&](const Endpoint& from, const std::string& payload) {
    server_.port->send(from, "server " + payload);
    other.port->send(from, "other " + payload);
  };
  send_together(2);
  EXPECT_THAT(payloads_after(4), ElementsAre("server 1", "other 1", "server 2", "other 2"));
}

TEST_F(SendBatchTest, a_port_that_closes_has_sent_its_answers) {
  server_.answer = [&](const Endpoint& from, const std::string& payload) {
    server_.port->send(from, payload);
    if (payload == "2") server_.port.reset();
  };
  send_together(3);
  EXPECT_THAT(payloads_after(2), ElementsAre("1", "2"));
}

TEST_F(SendBatchTest, no_answer_is_lost_to_an_error_about_another) {
  server_.answer = [&](const Endpoint& from, const std::string& payload) {
    server_.port->send(own_endpoint(4, 9), "to a closed port");
    server_.port->send(from, payload);
    server_.port->send({*IpAddress::parse("255.255.255.255"), 9}, "not permitted");
  };
  send_together(3);
  EXPECT_THAT(payloads_after(3), ElementsAre("1", "2", "3"));
}

TEST_F(SendBatchTest, largest_datagrams_leave_too) {
  const std::string largest(65507, 'x');
  server_.answer = [&](const Endpoint& from, const std::string& payload) {
    server_.port->send(from, largest);
    server_.port->send(from, std::string(70'000, 'y'));
    server_.port->send(from, payload);
  };
  send_together(2);
  EXPECT_THAT(payloads_after(4), ElementsAre(largest, "1", largest, "2"));
}

}  // namespace
}  // namespace sipharness::host
