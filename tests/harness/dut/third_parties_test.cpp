// The reference UA sends to its servers, and to where a dialog leads: nobody receives anything
// because a header that is for people, a REFER or a redirection names him.

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/harness/dut/ua_rig.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using sip::HeaderId;
using sip::Method;

constexpr std::string_view victim_uri = "<sip:x@127.0.0.99:5060>";

constexpr std::array naming{"Refer-To",   "Referred-By", "Route",      "Path",
                            "Alert-Info", "Call-Info",   "Error-Info", "Reply-To"};

class ThirdParties : public testing::Test {
 protected:
  void TearDown() override {
    EXPECT_EQ(victim.arrivals.size(), 0u);
    EXPECT_EQ(victim.malformed.size(), 0u);
  }

  /// A request out of the blue that names the victim wherever nobody asks for a target.
  std::string request_of(std::string_view method) const {
    auto request = sip::MessageBuilder::request(method, "sip:1001@127.0.0.1:5062");
    const std::string server = rig.primary.local().text();
    request
        .header(HeaderId::via, fmt::format("SIP/2.0/UDP {};branch=z9hG4bK{};maddr=127.0.0.99;"
                                           "received=127.0.0.99;rport=5060",
                                           server, method))
        .header(HeaderId::max_forwards, "70")
        .header(HeaderId::from, fmt::format("<sip:a@{}>;tag=a", server))
        .header(HeaderId::to, "<sip:1001@127.0.0.1>")
        .header(HeaderId::call_id, fmt::format("blue-{}", method))
        .header(HeaderId::cseq, fmt::format("1 {}", method))
        .header(HeaderId::contact, fmt::format("<sip:a@{}>", server))
        .header("Event", "refer");
    for (const char* const name : naming) request.header(name, victim_uri);
    return request.str();
  }

  UaRig rig;
  ScriptedServer victim{rig.world, *Endpoint::parse("127.0.0.99:5060")};
};

TEST_F(ThirdParties, are_not_drawn_in_by_what_a_request_names) {
  rig.boot();
  Duration at = 5s;
  for (const char* method : {"REFER", "OPTIONS", "NOTIFY", "MESSAGE", "INVITE", "SUBSCRIBE"}) {
    rig.do_at(at, [this, method] {
      rig.primary.send(request_of(method), {Transport::udp, rig.primary.local(), rig.device()});
    });
    at += 1s;
  }
  rig.perform_at(15s, DeviceVerb::answer);
  rig.run_until(150s);
  const std::vector<int> statuses = rig.primary.statuses();
  EXPECT_GE(statuses.size(), 6u);
}

class Redirections : public ThirdParties, public testing::WithParamInterface<int> {};

TEST_P(Redirections, lead_nowhere) {
  rig.primary.script = [this](const Arrival& request) {
    const bool redirects =
        request.view().method() != Method::ack && rig.world.now() > TimePoint{} + 5s;
    if (redirects)
      rig.primary.reply(request, GetParam(), [](sip::MessageBuilder& response) {
        response.header(HeaderId::contact, victim_uri).header("Error-Info", victim_uri);
      });
    return redirects;
  };
  rig.boot();
  rig.perform_at(7s, DeviceVerb::dial, "2001");
  rig.run_until(300s);
  EXPECT_FALSE(rig.primary.all(Method::invite).empty());
}

INSTANTIATE_TEST_SUITE_P(ThirdParties, Redirections,
                         testing::Values(300, 301, 302, 305, 380, 404, 503));

}  // namespace
}  // namespace sipharness::dut
