// A server sends to whom it hears, and to nobody else whose address a message names.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_servers/allowed_targets.hpp"
#include "harness/sip/builder.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const Endpoint victim_endpoint = endpoint("10.0.0.99:5060");

/// Somebody who asked for nothing.
class Victim final : public world::DatagramHandler, public world::StreamHandler {
 public:
  explicit Victim(world::World& world)
      : port_(world.open_datagram(victim_endpoint, *this)),
        listener_(world.listen(victim_endpoint, [this](auto stream) -> world::StreamHandler& {
          streams_.push_back(std::move(stream));
          return *this;
        })) {}

  std::size_t datagrams = 0;
  std::size_t connections() const { return streams_.size(); }

 private:
  void on_datagram(const Endpoint&, std::string_view) override { ++datagrams; }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}
  void on_open() override {}
  void on_bytes(std::string_view) override {}
  void on_end(world::StreamEnd) override {}

  std::vector<std::unique_ptr<world::Stream>> streams_;
  std::unique_ptr<world::DatagramPort> port_;
  std::unique_ptr<world::StreamListener> listener_;
};

/// A server whose far end answers after a second, with RTP.
struct Scene {
  explicit Scene(std::vector<sipharness::AddressPrefix> allowed = {})
      : stage(scenario::Server(), [&](FakeServerOptions& options) {
          options.server.far_end = plan({}, 1s);
          options.media = true;
          options.allowed_targets = std::move(allowed);
        }) {}

  std::vector<journal::Diverted> diverted() const { return stage.journal.all<journal::Diverted>(); }

  Stage stage;
  Victim victim{stage.world};
};

std::string offer_of_the_victim() {
  std::string text = offer();
  for (std::size_t at = text.find("10.0.0.1\r"); at != std::string::npos;
       at = text.find("10.0.0.1\r"))
    text.replace(at, 8, "10.0.0.99");
  return text.replace(text.find("4000"), 4, "5060");
}

/// Says ACK to the 200 as soon as it comes.
void acknowledge_answers(Stage& stage) {
  stage.client.on_received = [&stage](const Seen& seen) {
    const MessageView view = seen.view();
    if (view.status() != 200 || view.method() != Method::invite) return;
    stage.client.send({.method = "ACK",
                       .branch = "z9hG4bKack",
                       .call_id = std::string(view.call_id()),
                       .to_tag = std::string(view.to_tag())});
  };
}

/// A REFER in the call that INVITE began.
void refer_within_the_call(Stage& stage,
                           const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const Seen& seen : stage.client.received)
    if (seen.view().status() == 200 && seen.view().method() == Method::invite)
      stage.client.send({.method = "REFER",
                         .branch = "z9hG4bKwithin",
                         .call_id = "call-INVITE",
                         .cseq = 5,
                         .to_tag = std::string(seen.view().to_tag()),
                         .headers = headers});
}

TEST(Targets, no_rtp_before_the_ack) {
  Scene scene;
  scene.stage.send_at(1s, {.method = "INVITE",
                           .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}},
                           .body = offer_of_the_victim()});
  scene.stage.run_until(60s);
  EXPECT_EQ(scene.victim.datagrams, 0u);
}

TEST(Targets, no_rtp_to_where_no_signalling_comes_from) {
  Scene scene;
  acknowledge_answers(scene.stage);
  scene.stage.send_at(1s, {.method = "INVITE",
                           .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}},
                           .body = offer_of_the_victim()});
  scene.stage.run_until(60s);
  EXPECT_EQ(scene.victim.datagrams, 0u);
  ASSERT_THAT(scene.diverted(), SizeIs(1));
  EXPECT_THAT(describe(scene.diverted()[0]),
              HasSubstr("no RTP to 10.0.0.99, which 10.0.0.1 names"));
}

TEST(Targets, rtp_to_an_address_that_the_run_names) {
  Scene scene({*sipharness::AddressPrefix::parse("10.0.0.96/28")});
  acknowledge_answers(scene.stage);
  scene.stage.send_at(1s, {.method = "INVITE",
                           .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}},
                           .body = offer_of_the_victim()});
  scene.stage.run_until(5s);
  EXPECT_GT(scene.victim.datagrams, 100u);
  EXPECT_THAT(scene.diverted(), SizeIs(0));
}

TEST(Targets, many_calls_share_one_port) {
  Scene scene;
  acknowledge_answers(scene.stage);
  for (int i = 0; i < 3; ++i)
    scene.stage.send_at(1s + i * 100ms, {.method = "INVITE",
                                         .branch = "z9hG4bK" + std::to_string(i),
                                         .call_id = "call-" + std::to_string(i),
                                         .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}},
                                         .body = offer()});
  scene.stage.run_until(4s);
  std::set<std::string> ports;
  for (const Seen& seen : scene.stage.client.received) {
    const MessageView view = seen.view();
    if (view.status() != 200) continue;
    const std::string_view body = view.body();
    ports.emplace(body.substr(body.find("m=audio"), 14));
  }
  EXPECT_THAT(ports, SizeIs(1));
}

struct NamedCase {
  const char* name;
  std::string header;
  std::string value;
};

class Named : public testing::TestWithParam<NamedCase> {};

TEST_P(Named, draws_requests_to_its_sender_only) {
  Scene scene;
  const std::pair<std::string, std::string> named{GetParam().header, GetParam().value};
  const std::pair<std::string, std::string> own{"Contact", "<sip:1001@10.0.0.1:5060>"};
  std::vector<std::pair<std::string, std::string>> headers{named, {"Event", "message-summary"}};
  if (named.first != "Contact") headers.push_back(own);
  scene.stage.send_at(1s, {.method = "SUBSCRIBE", .branch = "z9hG4bKs", .headers = headers});
  scene.stage.send_at(2s, {.method = "REGISTER", .branch = "z9hG4bKr", .headers = headers});
  scene.stage.send_at(
      3s, {.method = "INVITE", .branch = "z9hG4bKi", .headers = headers, .body = offer()});
  scene.stage.at(40s, [&] { scene.stage.server.call_device(); });
  scene.stage.at(41s, [&] { scene.stage.server.send_options(); });
  scene.stage.at(42s, [&] { scene.stage.server.notify_device("message-summary"); });
  scene.stage.at(43s, [&] { scene.stage.server.send_stray_bye(); });
  scene.stage.at(44s, [&] { scene.stage.server.send_raw({.bytes = "anything", .lines = {}}); });
  scene.stage.at(45s, [&] { scene.stage.server.hang_up(); });
  scene.stage.run_until(100s);
  EXPECT_EQ(scene.victim.datagrams, 0u);
  EXPECT_EQ(scene.victim.connections(), 0u);
  EXPECT_FALSE(scene.stage.client.times_of(Method::notify).empty());
  EXPECT_FALSE(scene.stage.client.times_of(Method::bye).empty());
  ASSERT_THAT(scene.diverted(), SizeIs(1));
  EXPECT_EQ(scene.diverted()[0].named, "10.0.0.99");
  EXPECT_EQ(scene.diverted()[0].heard_from, "10.0.0.1");
}

INSTANTIATE_TEST_SUITE_P(
    Targets, Named,
    testing::Values(
        NamedCase{"contact", "Contact", "<sip:1001@10.0.0.99:5060>"},
        NamedCase{"contact_by_tcp", "Contact", "<sip:1001@10.0.0.99:5060;transport=tcp>"},
        NamedCase{"contact_by_maddr", "Contact", "<sip:1001@10.0.0.1:5060;maddr=10.0.0.99>"},
        NamedCase{"record_route", "Record-Route", "<sip:10.0.0.99:5060;lr>"},
        NamedCase{"strict_route", "Record-Route", "<sip:10.0.0.99:5060>"}),
    [](const auto& info) { return std::string(info.param.name); });

/// In these nobody is asked to be a target at all: they are for people, or for another method.
class NamedInPassing : public testing::TestWithParam<NamedCase> {};

TEST_P(NamedInPassing, draws_nothing) {
  Scene scene;
  const std::vector<std::pair<std::string, std::string>> headers{
      {GetParam().header, GetParam().value},
      {"Contact", "<sip:1001@10.0.0.1:5060>"},
      {"Event", "message-summary"}};
  acknowledge_answers(scene.stage);
  Duration at = 1s;
  for (const char* method : {"REGISTER", "SUBSCRIBE", "INVITE", "REFER", "OPTIONS", "MESSAGE",
                             "PUBLISH", "INFO", "NOTIFY", "UPDATE", "SOMETHING"}) {
    const bool invites = std::string_view(method) == "INVITE";
    scene.stage.send_at(at, {.method = method,
                             .branch = std::string("z9hG4bK") + method,
                             .call_id = std::string("call-") + method,
                             .headers = headers,
                             .body = invites ? offer() : ""});
    at += 1s;
  }
  scene.stage.at(20s, [&] { refer_within_the_call(scene.stage, headers); });
  scene.stage.at(40s, [&] { scene.stage.server.call_device(); });
  scene.stage.run_until(100s);
  EXPECT_EQ(scene.victim.datagrams, 0u);
  EXPECT_EQ(scene.victim.connections(), 0u);
  EXPECT_THAT(scene.diverted(), SizeIs(0));
  EXPECT_FALSE(scene.stage.client.times_of(405).empty());
}

INSTANTIATE_TEST_SUITE_P(
    Targets, NamedInPassing,
    testing::Values(NamedCase{"refer_to", "Refer-To", "<sip:x@10.0.0.99:5060>"},
                    NamedCase{"refer_to_by_tcp", "r", "<sip:x@10.0.0.99:5060;transport=tcp>"},
                    NamedCase{"referred_by", "Referred-By", "<sip:x@10.0.0.99:5060>"},
                    NamedCase{"route", "Route", "<sip:10.0.0.99:5060;lr>"},
                    NamedCase{"path", "Path", "<sip:10.0.0.99:5060;lr>"},
                    NamedCase{"service_route", "Service-Route", "<sip:10.0.0.99:5060;lr>"},
                    NamedCase{"reply_to", "Reply-To", "<sip:x@10.0.0.99:5060>"},
                    NamedCase{"asserted", "P-Asserted-Identity", "<sip:x@10.0.0.99:5060>"},
                    NamedCase{"replaces", "Replaces", "a@10.0.0.99;to-tag=a;from-tag=b"},
                    NamedCase{"alert_info", "Alert-Info", "<http://10.0.0.99:5060/ring.wav>"},
                    NamedCase{"call_info", "Call-Info", "<http://10.0.0.99:5060/a>;purpose=icon"},
                    NamedCase{"error_info", "Error-Info", "<sip:busy@10.0.0.99:5060>"},
                    NamedCase{"history", "History-Info", "<sip:x@10.0.0.99:5060>;index=1"}),
    [](const auto& info) { return std::string(info.param.name); });

/// A response goes to where its request came from, whatever its Via says (RFC 3581 §4).
TEST(Targets, responses_go_to_their_sender_whatever_the_via_says) {
  for (const std::string_view via :
       {"10.0.0.99:5060;rport", "10.0.0.1:5060;maddr=10.0.0.99;rport",
        "10.0.0.1:5060;received=10.0.0.99;rport=5060", "10.0.0.99:5060", "10.0.0.1;maddr=10.0.0.99",
        "victim.example.com;received=10.0.0.99"}) {
    Scene scene;
    for (const std::string_view method : {"OPTIONS", "REGISTER", "INVITE", "SUBSCRIBE"}) {
      std::string text =
          Request{.method = std::string(method), .call_id = "via-" + std::string(method)}.text();
      const std::size_t begin = text.find("10.0.0.1:5060;branch");
      text.replace(begin, std::string_view("10.0.0.1:5060").size(), via);
      scene.stage.at(1s, [&scene, text] { scene.stage.client.send(text); });
      scene.stage.run_until(40s);
    }
    EXPECT_EQ(scene.victim.datagrams, 0u) << via;
    EXPECT_FALSE(scene.stage.client.statuses().empty()) << via;
  }
}

/// What a device answers to a request of the server, naming the victim.
void answer_naming_the_victim(Stage& stage, int status) {
  stage.client.on_received = [&stage, status](const Seen& seen) {
    const MessageView request = seen.view();
    if (!request.is_request() || request.method() == Method::ack) return;
    auto response = sip::MessageBuilder::response_to(request, status, "device");
    response.header(HeaderId::contact, "<sip:x@10.0.0.99:5060>")
        .header(HeaderId::record_route, "<sip:10.0.0.99:5060;lr>")
        .header("Error-Info", "<sip:busy@10.0.0.99:5060>");
    if (status == 200 && request.method() == Method::invite)
      response.body("application/sdp", offer_of_the_victim());
    stage.client.send(response.str());
  };
}

TEST(Targets, responses_of_a_device_lead_nowhere_else) {
  for (const int status : {183, 200, 300, 301, 302, 305, 380, 404, 503}) {
    Scene scene;
    scene.stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}});
    scene.stage.send_at(
        2s, {.method = "SUBSCRIBE",
             .branch = "z9hG4bKs",
             .call_id = "subscribed",
             .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}, {"Event", "message-summary"}}});
    scene.stage.at(3s, [&] { answer_naming_the_victim(scene.stage, status); });
    scene.stage.at(4s, [&] { scene.stage.server.call_device(); });
    scene.stage.at(5s, [&] { scene.stage.server.send_options(); });
    scene.stage.at(6s, [&] { scene.stage.server.notify_device("message-summary"); });
    scene.stage.at(20s, [&] { scene.stage.server.hang_up(); });
    scene.stage.run_until(100s);
    EXPECT_EQ(scene.victim.datagrams, 0u) << status;
    EXPECT_EQ(scene.victim.connections(), 0u) << status;
    EXPECT_FALSE(scene.stage.client.times_of(Method::invite).empty()) << status;
  }
}

TEST(Targets, tells_of_a_few_addresses_only) {
  sipharness::world_sim::SimulatedWorld world;
  Recorder journal(world);
  AllowedTargets targets(journal, "primary", {});
  const auto peer = client_endpoint.address;
  for (unsigned i = 0; i < 1'000; ++i) {
    const auto low = static_cast<std::uint8_t>(i), high = static_cast<std::uint8_t>(i >> 8);
    for (int again = 0; again < 3; ++again)
      EXPECT_FALSE(targets.allow(sipharness::IpAddress::v4({10, 1, high, low}), peer, "RTP"));
  }
  EXPECT_THAT(journal.entries, SizeIs(AllowedTargets::most_told));
  EXPECT_TRUE(targets.allow(peer, peer, "RTP"));
}

}  // namespace
}  // namespace fake_servers::test
