#include "harness/sip/transport/transport.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/sip/transaction/messages.hpp"

namespace sipharness::sip {
namespace {

struct Arrived {
  std::string bytes;
  Hop hop;
};

/// A transport that writes down what it hears.
struct Party {
  Party(world::World& world, const Endpoint& local) : transport(world, local, handlers()) {}

  SipTransport::Handlers handlers() {
    return {.on_message =
                [this](const MessageView& message, const Hop& hop) {
                  messages.push_back({std::string(message.bytes()), hop});
                },
            .on_malformed =
                [this](std::string_view bytes, const Hop& hop) {
                  malformed.push_back({std::string(bytes), hop});
                },
            .on_keep_alive =
                [this](std::string_view bytes, const Hop& hop) {
                  keep_alives.push_back({std::string(bytes), hop});
                },
            .on_failure = [this](const Hop& hop, world::StreamEnd) { failures.push_back(hop); }};
  }
  std::optional<Hop> send(Transport over, const Endpoint& to, std::string_view bytes) {
    return transport.send({over, transport.local(), to}, bytes);
  }

  std::vector<Arrived> messages;
  std::vector<Arrived> malformed;
  std::vector<Arrived> keep_alives;
  std::vector<Hop> failures;
  SipTransport transport;
};

class SipTransportTest : public testing::Test {
 protected:
  void run_for(Duration time) { world.run(world.now() + time); }

  world_sim::SimulatedWorld world;
  Party here{world, phone};
  Party there{world, server};
};

TEST_F(SipTransportTest, carries_messages_over_udp_and_tcp_and_says_by_which_path) {
  for (const Transport over : {Transport::udp, Transport::tcp}) {
    there.messages.clear();
    const auto used = here.send(over, server, request_text());
    run_for(1s);
    ASSERT_TRUE(used);
    ASSERT_EQ(there.messages.size(), 1u);
    EXPECT_EQ(there.messages[0].bytes, request_text());
    EXPECT_EQ(there.messages[0].hop, (Hop{over, server, used->local}));
    EXPECT_EQ(used->remote, server);
  }
}

TEST_F(SipTransportTest, answers_on_the_connection_that_brought_the_request) {
  here.send(Transport::tcp, server, request_text());
  run_for(1s);
  const Hop back = there.messages.at(0).hop;
  there.transport.send(back, response_text(request_text(), 200));
  run_for(1s);
  ASSERT_EQ(here.messages.size(), 1u);
  EXPECT_EQ(here.messages[0].hop, (Hop{Transport::tcp, back.remote, server}));
}

TEST_F(SipTransportTest, uses_one_connection_for_all_messages_to_a_remote) {
  const auto first = here.send(Transport::tcp, server, request_text());
  const auto second = here.send(Transport::tcp, server, request_text({.method = "OPTIONS"}));
  run_for(1s);
  EXPECT_EQ(first, second);
  EXPECT_EQ(there.messages.size(), 2u);
}

TEST_F(SipTransportTest, tells_messages_from_keep_alives_and_from_what_is_malformed) {
  const std::string stun = std::string("\0\1\0\0\x21\x12\xA4\x42", 8) + std::string(12, 'x');
  here.send(Transport::udp, server, "\r\n\r\n");
  here.send(Transport::udp, server, stun);
  here.send(Transport::udp, server, "REGISTER sip:example.test SIP/2.0\r\n\r\n");
  here.send(Transport::udp, server, "nonsense");
  here.send(Transport::tcp, server, "\r\n\r\n" + request_text() + "nonsense\r\n\r\n");
  run_for(1s);
  EXPECT_EQ(there.messages.size(), 1u);
  EXPECT_EQ(there.keep_alives.size(), 3u);
  EXPECT_EQ(there.malformed.size(), 3u);
}

TEST_F(SipTransportTest, resets_a_connection_that_cannot_be_framed) {
  here.send(Transport::tcp, server, "INFO sip:a SIP/2.0\r\nContent-Length: x\r\n\r\n");
  run_for(1s);
  EXPECT_EQ(there.malformed.size(), 1u);
  EXPECT_TRUE(there.failures.empty());
  ASSERT_EQ(here.failures.size(), 1u);
  EXPECT_EQ(here.failures[0].transport, Transport::tcp);
  here.send(Transport::tcp, server, request_text());
  run_for(1s);
  EXPECT_EQ(there.messages.size(), 1u) << "on a new connection";
}

/// A connection that never says anything.
struct Silent final : world::StreamHandler {
  Silent(world::World& world, const IpAddress& from)
      : stream(world.connect({from, 0}, server, *this)) {}
  void on_open() override {}
  void on_bytes(std::string_view) override {}
  void on_end(world::StreamEnd) override { ended = true; }
  bool ended = false;
  std::unique_ptr<world::Stream> stream;
};

TEST_F(SipTransportTest, makes_room_for_a_connection_by_the_oldest_that_never_spoke) {
  here.send(Transport::tcp, server, request_text());
  run_for(1s);
  std::vector<std::unique_ptr<Silent>> silent;
  const IpAddress from = *IpAddress::parse("10.0.0.77");
  for (std::size_t i = 0; i < SipTransport::max_connections + 9; ++i) {
    silent.push_back(std::make_unique<Silent>(world, from));
    run_for(10ms);
  }
  run_for(1s);
  for (std::size_t i = 0; i < silent.size(); ++i) EXPECT_EQ(silent[i]->ended, i < 10) << i;
  EXPECT_TRUE(here.failures.empty()) << "it spoke";
  here.send(Transport::tcp, server, request_text({.method = "OPTIONS"}));
  run_for(1s);
  EXPECT_EQ(there.messages.size(), 2u);
}

TEST_F(SipTransportTest, reports_icmp_and_refused_connections) {
  there.transport.close();
  for (const Transport over : {Transport::udp, Transport::tcp}) {
    here.failures.clear();
    here.send(over, server, request_text());
    run_for(1s);
    ASSERT_EQ(here.failures.size(), 1u);
    EXPECT_EQ(here.failures[0].transport, over);
    EXPECT_EQ(here.failures[0].remote, server);
  }
}

TEST_F(SipTransportTest, closing_resets_connections_and_opening_listens_again) {
  here.send(Transport::tcp, server, request_text());
  run_for(1s);
  there.transport.close();
  EXPECT_FALSE(there.transport.is_open());
  EXPECT_FALSE(there.send(Transport::udp, phone, request_text()));
  run_for(1s);
  EXPECT_EQ(here.failures.size(), 1u) << "reset";
  EXPECT_TRUE(there.failures.empty());
  there.transport.open();
  there.transport.open();
  here.send(Transport::tcp, server, request_text());
  here.send(Transport::udp, server, request_text());
  run_for(1s);
  EXPECT_EQ(there.messages.size(), 3u);
  EXPECT_EQ(there.transport.local(), server);
}

TEST_F(SipTransportTest, may_be_closed_by_the_handler_of_a_message) {
  const Endpoint shy_at = *Endpoint::parse("127.0.0.12:5060");
  int messages = 0;
  std::unique_ptr<SipTransport> shy;
  shy = std::make_unique<SipTransport>(
      world, shy_at, SipTransport::Handlers{.on_message = [&](const MessageView&, const Hop&) {
        ++messages;
        shy->close();
      }});
  here.send(Transport::tcp, shy_at, request_text() + request_text());
  run_for(1s);
  EXPECT_EQ(messages, 1);
}

TEST_F(SipTransportTest, takes_a_free_port_for_both_transports) {
  Party anywhere(world, {phone.address, 0});
  EXPECT_NE(anywhere.transport.local().port, 0);
  here.send(Transport::udp, anywhere.transport.local(), request_text());
  here.send(Transport::tcp, anywhere.transport.local(), request_text());
  run_for(1s);
  EXPECT_EQ(anywhere.messages.size(), 2u);
}

TEST_F(SipTransportTest, throws_when_the_port_is_taken) {
  EXPECT_THROW(Party(world, server), SetupError);
}

TEST_F(SipTransportTest, reconnects_after_the_peer_closed_without_calling_it_a_failure) {
  auto leaving = std::make_unique<Party>(world, Endpoint{server.address, 5070});
  const Endpoint at = leaving->transport.local();
  here.send(Transport::tcp, at, request_text());
  run_for(1s);
  ASSERT_EQ(leaving->messages.size(), 1u);
  leaving = nullptr;
  run_for(1s);
  EXPECT_TRUE(here.failures.empty());
  leaving = std::make_unique<Party>(world, at);
  here.send(Transport::tcp, at, request_text());
  run_for(1s);
  EXPECT_EQ(leaving->messages.size(), 1u);
}

}  // namespace
}  // namespace sipharness::sip
