#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/sip/sdp.hpp"
#include "tests/harness/dut/ua_rig.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using sip::HeaderId;
using sip::Method;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// A request of the caller's in the dialog that `invite` and the device's newest 200 made.
std::string in_dialog(const ScriptedServer& server, const Arrival& ok, std::string_view method,
                      std::uint32_t cseq) {
  auto request = sip::MessageBuilder::request(method, "sip:1001@127.0.0.1:5062");
  request
      .header(HeaderId::via, fmt::format("SIP/2.0/UDP {};branch=z9hG4bK{}{};rport",
                                         server.local().text(), method, cseq))
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, ok.view().header(HeaderId::from))
      .header(HeaderId::to, ok.view().header(HeaderId::to))
      .header(HeaderId::call_id, ok.view().call_id())
      .header(HeaderId::cseq, fmt::format("{} {}", cseq, method));
  return request.str();
}

std::vector<double> times_of(const ScriptedServer& server, int status) {
  std::vector<double> times;
  for (const Arrival& arrival : server.arrivals)
    if (arrival.view().status() == status && arrival.view().method() == Method::invite)
      times.push_back(to_seconds(arrival.at));
  return times;
}

Arrival last_response(const ScriptedServer& server, int status) {
  for (auto arrival = server.arrivals.rbegin(); arrival != server.arrivals.rend(); ++arrival)
    if (arrival->view().status() == status) return *arrival;
  ADD_FAILURE() << "no " << status;
  return {};
}

class IncomingCall : public testing::Test {
 protected:
  UaRig rig;

  sip::Hop to_device() { return {Transport::udp, rig.secondary.local(), rig.device()}; }
  void send_in_dialog_at(Duration at, std::string_view method, std::uint32_t cseq) {
    rig.do_at(at, [this, method, cseq] {
      rig.secondary.send(in_dialog(rig.secondary, last_response(rig.secondary, 200), method, cseq),
                         to_device());
    });
  }
  void call_at(Duration at) {
    rig.do_at(at, [this] { rig.secondary.invite(rig.device()); });
  }
};

TEST_F(IncomingCall, from_the_secondary_rings_and_is_answered_until_the_caller_hangs_up) {
  rig.primary.silent = true;
  rig.boot();
  call_at(10s);
  rig.perform_at(12s, DeviceVerb::answer);
  send_in_dialog_at(12100ms, "ACK", 7);
  send_in_dialog_at(20s, "BYE", 8);
  rig.run_until(60s);
  EXPECT_THAT(times_of(rig.secondary, 180), ElementsAre(10));
  EXPECT_THAT(times_of(rig.secondary, 200), ElementsAre(12)) << "the ACK ends the repeats";
  EXPECT_EQ(last_response(rig.secondary, 200).view().method(), Method::bye);
  EXPECT_THAT(rig.secondary.times(Method::bye), IsEmpty());
}

TEST_F(IncomingCall, repeats_its_200_until_64_t1_and_then_ends_the_call) {  // T-5
  rig.boot();
  call_at(10s);
  rig.perform_at(12s, DeviceVerb::answer);
  rig.run_until(60s);
  EXPECT_THAT(times_of(rig.secondary, 200),
              ElementsAre(12, 12.5, 13.5, 15.5, 19.5, 23.5, 27.5, 31.5, 35.5, 39.5, 43.5));
  EXPECT_THAT(rig.secondary.times(Method::bye), ElementsAre(44));
}

TEST_F(IncomingCall, is_rejected_as_busy) {
  rig.boot();
  call_at(10s);
  rig.perform_at(12s, DeviceVerb::reject);
  rig.run_until(13s);
  EXPECT_THAT(times_of(rig.secondary, 486), ElementsAre(12, 12.5)) << "Timer G: no ACK came";
}

TEST_F(IncomingCall, is_ended_by_the_device_with_bye) {
  rig.boot();
  call_at(10s);
  rig.perform_at(12s, DeviceVerb::answer);
  send_in_dialog_at(12100ms, "ACK", 7);
  rig.perform_at(20s, DeviceVerb::hang_up);
  rig.run_until(21s);
  EXPECT_THAT(rig.secondary.times(Method::bye), ElementsAre(20));
  EXPECT_EQ(rig.secondary.last(Method::bye).view().request_uri(), "sip:2002@127.0.0.12:5080");
}

TEST_F(IncomingCall, rings_on_at_least_every_minute) {
  rig.boot();
  call_at(10s);
  rig.run_until(140s);
  EXPECT_THAT(times_of(rig.secondary, 180), ElementsAre(10, 60, 110));
}

TEST_F(IncomingCall, is_given_up_by_a_cancel) {
  rig.boot();
  call_at(10s);
  rig.do_at(12s, [this] {
    auto cancel = sip::MessageBuilder::request("CANCEL", "sip:1001@127.0.0.1:5062");
    cancel.header(HeaderId::via, "SIP/2.0/UDP 127.0.0.12:5080;branch=z9hG4bKincoming;rport")
        .header(HeaderId::from, "<sip:2002@example.net>;tag=caller")
        .header(HeaderId::to, "<sip:1001@example.net>")
        .header(HeaderId::call_id, "from-5080-z9hG4bKincoming")
        .header(HeaderId::cseq, "7 CANCEL");
    rig.secondary.send(cancel.str(), to_device());
  });
  rig.perform_at(13s, DeviceVerb::answer);
  rig.run_until(14s);
  EXPECT_THAT(rig.secondary.statuses(), Contains(487));
  EXPECT_THAT(rig.outcomes(), ElementsAre(false)) << "nothing rings any more";
}

TEST_F(IncomingCall, answers_a_reinvite_with_sdp) {
  rig.boot();
  call_at(10s);
  rig.perform_at(12s, DeviceVerb::answer);
  send_in_dialog_at(12100ms, "ACK", 7);
  send_in_dialog_at(15s, "INVITE", 8);
  rig.run_until(15100ms);
  const Arrival ok = last_response(rig.secondary, 200);
  EXPECT_EQ(ok.view().cseq(), 8U);
  EXPECT_TRUE(sip::parse_sdp(ok.view().body()));
}

TEST_F(IncomingCall, requests_outside_of_any_call_get_the_answer_they_deserve) {
  struct Case {
    const char* method;
    const char* to_tag;
    int status;
  };
  for (const Case& c : {Case{"OPTIONS", "", 200}, Case{"BYE", ";tag=x", 481}, Case{"BYE", "", 481},
                        Case{"NOTIFY", ";tag=x", 481}, Case{"CANCEL", "", 481},
                        Case{"MESSAGE", "", 405}, Case{"DANCE", "", 501}}) {
    SCOPED_TRACE(c.method);
    UaRig fresh;
    fresh.boot();
    fresh.do_at(5s, [&] {
      auto request = sip::MessageBuilder::request(c.method, "sip:1001@127.0.0.1:5062");
      request.header(HeaderId::via, "SIP/2.0/UDP 127.0.0.12:5080;branch=z9hG4bKx;rport")
          .header(HeaderId::from, "<sip:2002@example.net>;tag=caller")
          .header(HeaderId::to, fmt::format("<sip:1001@example.net>{}", c.to_tag))
          .header(HeaderId::call_id, "nobody-knows")
          .header(HeaderId::cseq, fmt::format("1 {}", c.method));
      fresh.secondary.send(request.str(),
                           {Transport::udp, fresh.secondary.local(), fresh.device()});
    });
    fresh.run_until(6s);
    EXPECT_THAT(fresh.secondary.statuses(), ElementsAre(c.status));
  }
}

}  // namespace
}  // namespace sipharness::dut
