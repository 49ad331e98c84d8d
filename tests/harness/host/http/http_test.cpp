// HTTP over the streams of a world: most of it in virtual time, one round trip over the kernel's
// sockets. The other end is raw bytes, so that tests see what was on the wire.

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host/http/client.hpp"
#include "harness/host/http/server.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using world_sim::SimulatedWorld;

const Endpoint web = *Endpoint::parse("10.0.0.2:80");
const IpAddress here = *IpAddress::parse("10.0.0.1");

/// A client and, opposite, a server that only says what the test makes it say.
class Client : public testing::Test {
 protected:
  std::optional<HttpOutcome> get(std::string_view target = "/") {
    std::optional<HttpOutcome> outcome;
    client_.get(web, target, [&](const HttpOutcome& what) { outcome = what; });
    EXPECT_FALSE(outcome.has_value()) << "nothing is told from inside get()";
    world_.run(world_.now() + 10s);
    return outcome;
  }
  void answer_with(const std::string& reply, bool closes) {
    answering_.reset();
    answering_ = world_.listen(
        web, [this, reply, closes](std::unique_ptr<world::Stream> stream) -> world::StreamHandler& {
          peer_.stream = std::move(stream);
          peer_.on_received = [this, reply, closes] {
            peer_.stream->send(reply);
            if (closes) peer_.stream.reset();
          };
          return peer_;
        });
  }
  HttpFailure failure_with(const std::string& reply, bool closes = true) {
    answer_with(reply, closes);
    const auto outcome = get();
    EXPECT_TRUE(outcome && !outcome->has_value());
    return outcome && !outcome->has_value() ? outcome->error() : HttpFailure{};
  }

  SimulatedWorld world_;
  HttpClient client_{world_, here, {.time_out = 5s, .head = 1000, .body = 1000}};
  StreamRecorder peer_;
  std::unique_ptr<world::StreamListener> answering_;
};

TEST_F(Client, asks_for_the_target_and_reads_the_reply) {
  answer_with("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nhi", false);
  const auto outcome = get("/cgi-bin/x?y=1");
  ASSERT_TRUE(outcome && outcome->has_value());
  EXPECT_EQ((*outcome)->status, 200);
  EXPECT_EQ((*outcome)->content_type, "a/b");
  EXPECT_EQ((*outcome)->body, "hi");
  EXPECT_THAT(peer_.received, StartsWith("GET /cgi-bin/x?y=1 HTTP/1.1\r\nHost: 10.0.0.2:80\r\n"));
}

TEST_F(Client, takes_a_body_without_length_that_ends_with_the_connection) {
  answer_with("HTTP/1.0 404 No\r\n\r\nnothing here", true);
  const auto outcome = get();
  ASSERT_TRUE(outcome && outcome->has_value());
  EXPECT_EQ((*outcome)->status, 404);
  EXPECT_EQ((*outcome)->body, "nothing here");
}

TEST_F(Client, takes_a_chunked_body) {
  answer_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
              false);
  const auto outcome = get();
  ASSERT_TRUE(outcome && outcome->has_value());
  EXPECT_EQ((*outcome)->body, "abc");
}

TEST_F(Client, tells_why_there_is_no_reply) {
  EXPECT_EQ(get()->error(), HttpFailure::refused);
  world_.make_unreachable(web.address, true);
  EXPECT_EQ(get()->error(), HttpFailure::unreachable);
  world_.make_unreachable(web.address, false);
  world_.swallow_syns(web, true);
  EXPECT_EQ(get()->error(), HttpFailure::timed_out);
  world_.swallow_syns(web, false);
  EXPECT_EQ(failure_with("", false), HttpFailure::timed_out);
  EXPECT_EQ(failure_with(""), HttpFailure::cut_off);
  EXPECT_EQ(failure_with("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), HttpFailure::cut_off);
  EXPECT_EQ(failure_with("220 mail.example ready\r\n"), HttpFailure::not_http);
  EXPECT_EQ(failure_with("\xff\x16\x03\x01\x02\x03\x04\x05\x06\x07\r\n\r\n"),
            HttpFailure::not_http);
  EXPECT_EQ(failure_with("HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x'), false),
            HttpFailure::too_large);
  EXPECT_EQ(failure_with("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", false),
            HttpFailure::too_large);
  EXPECT_EQ(failure_with("HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x'), false),
            HttpFailure::too_large);
}

TEST_F(Client, serves_a_bounded_number_at_a_time) {
  world_.swallow_syns(web, true);
  std::vector<HttpFailure> failures;
  for (std::size_t i = 0; i <= HttpClient::max_exchanges; ++i)
    client_.get(web, "/", [&](const HttpOutcome& what) { failures.push_back(what.error()); });
  world_.run(world_.now() + 1s);
  EXPECT_THAT(failures, ElementsAre(HttpFailure::timed_out));
  world_.run(world_.now() + 5s);
  EXPECT_THAT(failures, SizeIs(HttpClient::max_exchanges + 1));
}

TEST(HttpClientAndServer, meet_over_real_sockets) {
  RealWorld world;
  const Endpoint at = own_endpoint(21);
  HttpServer server(world, at, [](const HttpRequest& request) {
    return HttpResponse{200, "text/plain", "you asked for " + request.target};
  });
  HttpClient client(world, own_address(22));
  std::optional<HttpOutcome> outcome;
  client.get(server.local(), "/a", [&](const HttpOutcome& what) { outcome = what; });
  ASSERT_TRUE(run_until(world, [&] { return outcome.has_value(); }));
  ASSERT_TRUE(outcome->has_value());
  EXPECT_EQ((*outcome)->body, "you asked for /a");
}

/// A server and, opposite, raw bytes.
class Server : public testing::Test {
 protected:
  /// What comes back for these bytes, all within some seconds.
  std::string reply_to(const std::string& bytes, Duration timeout = 10s) {
    StreamRecorder peer;
    peer.stream = world_.connect({here, 0}, web, peer);
    peer.stream->send(bytes);
    world_.run(world_.now() + timeout);
    EXPECT_TRUE(peer.ended.has_value()) << "the connection was left open";
    return peer.received;
  }

  SimulatedWorld world_;
  std::vector<HttpRequest> requests_;
  HttpServer server_{world_,
                     web,
                     [this](const HttpRequest& request) {
                       requests_.push_back(request);
                       return HttpResponse{200, "a/b", "the body"};
                     },
                     {.time_out = 5s, .head = 1000, .body = 1000}};
};

TEST_F(Server, answers_and_closes) {
  EXPECT_EQ(reply_to("GET /x?y HTTP/1.1\r\nHost: h\r\nUser-Agent: me\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nServer: sipharness/0.1\r\nContent-Type: a/b\r\n"
            "Content-Length: 8\r\nConnection: close\r\n\r\nthe body");
  ASSERT_THAT(requests_, SizeIs(1));
  EXPECT_EQ(requests_[0].method, "GET");
  EXPECT_EQ(requests_[0].target, "/x?y");
  EXPECT_EQ(requests_[0].user_agent, "me");
  EXPECT_EQ(requests_[0].from.address, here);
}

TEST_F(Server, says_nothing_but_the_head_to_head) {
  EXPECT_THAT(reply_to("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("close\r\n\r\n"));
}

TEST_F(Server, takes_what_a_phone_forgot_to_escape_as_part_of_the_target) {
  reply_to("GET /a?n=John Doe\t\xc3\xa9&r=$remote HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_THAT(requests_, SizeIs(1));
  EXPECT_EQ(requests_[0].target, "/a?n=John%20Doe%09%C3%A9&r=$remote");
}

TEST_F(Server, puts_a_request_together_from_single_bytes) {
  StreamRecorder peer;
  peer.stream = world_.connect({here, 0}, web, peer);
  for (const char c : std::string("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")) {
    peer.stream->send(std::string_view(&c, 1));
    world_.run(world_.now() + 10ms);
  }
  world_.run(world_.now() + 1s);
  ASSERT_THAT(requests_, SizeIs(1));
  EXPECT_EQ(requests_[0].body, "abc");
}

TEST_F(Server, refuses_what_is_no_request_or_too_much_of_one) {
  const std::string much(5000, 'x');
  const auto status_of = [this](const std::string& bytes) { return reply_to(bytes).substr(9, 3); };
  EXPECT_EQ(status_of("nonsense\r\n\r\n"), "400");
  EXPECT_EQ(status_of("GET / HTTP/9.9\r\n\r\n"), "400");
  EXPECT_EQ(status_of("GET  HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(status_of("GET /" + much), "431");
  EXPECT_EQ(status_of("GET /" + much + " HTTP/1.1\r\n\r\n"), "431");
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + much), "431");
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n"), "413");
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            "400");
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost:"), "408") << "it never ends";
  EXPECT_EQ(status_of(""), "408");
  EXPECT_EQ(status_of(std::string("\0\r\n\xff\xfe \r\n\r\n", 9)), "400");
  EXPECT_THAT(requests_, IsEmpty());
}

TEST_F(Server, keeps_a_bounded_number_of_connections) {
  std::vector<std::unique_ptr<StreamRecorder>> peers;
  for (std::size_t i = 0; i <= HttpServer::max_connections; ++i) {
    peers.push_back(std::make_unique<StreamRecorder>());
    peers.back()->stream = world_.connect({here, 0}, web, *peers.back());
  }
  world_.run(world_.now() + 1s);
  EXPECT_EQ(peers.back()->ended, world::StreamEnd::reset);
  EXPECT_FALSE(peers.front()->ended.has_value());
  peers.clear();
  EXPECT_THAT(reply_to("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("200 OK"));
}

TEST(Percent, encodes_what_a_query_cannot_hold_and_decodes_it_again) {
  const std::string text("a b&c=d%/\x01\xff~-._9", 16);
  EXPECT_EQ(percent_encoded(text), "a%20b%26c%3Dd%25%2F%01%FF~-._9");
  EXPECT_EQ(percent_decoded(percent_encoded(text)), text);
  EXPECT_EQ(percent_decoded("100% of %4 and %zz %"), "100% of %4 and %zz %");
}

}  // namespace
}  // namespace sipharness::host
