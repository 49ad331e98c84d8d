#include <map>

#include <gmock/gmock.h>

#include "harness/sip/sdp.hpp"
#include "tests/harness/dut/ua_rig.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using sip::HeaderId;
using sip::Method;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

TEST(OutgoingCall, goes_through_the_primary_while_it_answers) {
  UaRig rig;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(20s, DeviceVerb::hang_up);
  rig.run_until(40s);
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 10.5))
      << "the callee says 180 after a second";
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(13));
  EXPECT_THAT(rig.primary.times(Method::bye), ElementsAre(20));
  EXPECT_THAT(rig.secondary.times(Method::invite), IsEmpty());
  const Arrival invite = rig.primary.last(Method::invite);
  const Arrival ack = rig.primary.last(Method::ack);
  EXPECT_EQ(invite.view().request_uri(), "sip:2002@127.0.0.11:5070");
  EXPECT_EQ(invite.view().count(HeaderId::contact), 1U);
  EXPECT_NE(ack.view().via().branch, invite.view().via().branch);
  EXPECT_EQ(ack.view().request_uri(), "sip:callee@127.0.0.11:5070");
  EXPECT_EQ(rig.primary.last(Method::bye).view().cseq(), invite.view().cseq() + 1);
}

TEST(OutgoingCall, falls_back_to_the_secondary_when_timer_b_fires) {  // T-7, s07
  UaRig rig;
  rig.do_at(30s, [&] { rig.primary.silent = true; });
  rig.boot();
  rig.perform_at(35s, DeviceVerb::dial, "2002");
  rig.perform_at(110s, DeviceVerb::hang_up);
  rig.run_until(130s);
  EXPECT_THAT(rig.primary.times(Method::invite),
              ElementsAre(35, 35.5, 36.5, 38.5, 42.5, 50.5, 66.5));
  EXPECT_THAT(rig.primary.times(Method::cancel), IsEmpty());
  EXPECT_THAT(rig.primary.times(Method::ack), IsEmpty());
  EXPECT_EQ(rig.secondary.times(Method::invite).front(), 67);
  EXPECT_THAT(rig.secondary.times(Method::ack), ElementsAre(70));
  EXPECT_THAT(rig.secondary.times(Method::bye), ElementsAre(110));
  const Arrival first = rig.primary.last(Method::invite);
  const Arrival second = rig.secondary.last(Method::invite);
  EXPECT_EQ(first.view().call_id(), second.view().call_id());
  EXPECT_EQ(first.view().from_tag(), second.view().from_tag());
  EXPECT_EQ(first.view().cseq(), second.view().cseq());
  EXPECT_NE(first.view().via().branch, second.view().via().branch);
}

TEST(OutgoingCall, goes_straight_to_the_secondary_when_the_primary_is_known_lost) {  // T-7, s06
  UaRig rig;
  rig.primary.silent = true;
  rig.boot();
  rig.perform_at(60s, DeviceVerb::dial, "2002");
  rig.perform_at(75s, DeviceVerb::hang_up);
  rig.run_until(80s);
  EXPECT_THAT(rig.primary.times(Method::invite), IsEmpty());
  EXPECT_EQ(rig.secondary.times(Method::invite).front(), 60);
  EXPECT_THAT(rig.secondary.times(Method::bye), ElementsAre(75));
}

TEST(OutgoingCall, goes_back_to_the_primary_once_it_is_registered_again) {  // T-7, s10
  UaRig rig;
  rig.do_at(30s, [&] { rig.primary.silent = true; });
  rig.do_at(250s, [&] { rig.primary.silent = false; });
  rig.boot();
  rig.perform_at(160s, DeviceVerb::dial, "2002");
  rig.perform_at(420s, DeviceVerb::hang_up);
  rig.perform_at(430s, DeviceVerb::dial, "2003");
  rig.run_until(440s);
  EXPECT_EQ(rig.secondary.times(Method::invite).front(), 160);
  EXPECT_THAT(rig.secondary.times(Method::bye), ElementsAre(420)) << "the running call stays";
  EXPECT_EQ(rig.primary.times(Method::invite).front(), 430);
}

TEST(OutgoingCall, treats_each_answer_of_the_primary_as_rfc_3263_says) {
  struct Case {
    int status;
    bool falls_back;
  };
  for (const Case& c : {Case{503, true}, Case{500, false}, Case{486, false}, Case{404, false},
                        Case{603, false}, Case{499, false}}) {
    SCOPED_TRACE(c.status);
    UaRig rig;
    rig.primary.script = [&](const Arrival& request) {
      if (request.view().method() != Method::invite) return false;
      rig.primary.reply(request, c.status);
      return true;
    };
    rig.boot();
    rig.perform_at(10s, DeviceVerb::dial, "2002");
    rig.run_until(20s);
    EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(10));
    EXPECT_EQ(rig.secondary.times(Method::invite).empty(), !c.falls_back);
  }
}

TEST(OutgoingCall, keeps_away_from_a_primary_that_asked_for_it) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().method() != Method::invite) return false;
    rig.primary.reply(request, 503, [](sip::MessageBuilder& response) {
      response.header(HeaderId::retry_after, "60");
    });
    return true;
  };
  rig.boot();
  for (const auto at : {10s, 30s, 75s}) {
    rig.perform_at(at, DeviceVerb::dial, "2002");
    rig.perform_at(at + 10s, DeviceVerb::hang_up);
  }
  rig.run_until(90s);
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 75));
  EXPECT_EQ(rig.secondary.times(Method::bye), (std::vector<double>{20, 40, 85}));
}

TEST(OutgoingCall, turns_to_the_secondary_at_once_on_icmp_and_on_a_refused_connection) {
  for (const Transport transport : {Transport::udp, Transport::tcp}) {
    SCOPED_TRACE(to_string(transport));
    UaRig rig;
    rig.profile.transport = transport;
    rig.do_at(30s, [&] { rig.primary.close(); });
    rig.boot();
    rig.perform_at(35s, DeviceVerb::dial, "2002");
    rig.run_until(50s);
    ASSERT_FALSE(rig.secondary.times(Method::invite).empty());
    EXPECT_EQ(rig.secondary.times(Method::invite).front(), 35);
    EXPECT_THAT(rig.secondary.times(Method::ack), ElementsAre(38));
  }
}

TEST(OutgoingCall, sends_one_invite_over_tcp_and_leaves_at_timer_b) {
  UaRig rig;
  rig.profile.transport = Transport::tcp;
  rig.do_at(30s, [&] { rig.primary.silent = true; });
  rig.boot();
  rig.perform_at(35s, DeviceVerb::dial, "2002");
  rig.run_until(75s);
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(35));
  EXPECT_THAT(rig.secondary.times(Method::invite), ElementsAre(67));
}

TEST(OutgoingCall, answers_a_407_and_copies_the_credentials_into_the_ack) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().method() != Method::invite ||
        request.view().has(HeaderId::proxy_authorization))
      return false;
    rig.primary.reply(request, 407, [](sip::MessageBuilder& response) {
      response.header(HeaderId::proxy_authenticate, R"(Digest realm="p", nonce="n1", qop="auth")");
    });
    return true;
  };
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.run_until(20s);
  const auto invites = rig.primary.all(Method::invite);
  ASSERT_GE(invites.size(), 2U);
  EXPECT_EQ(invites[1].view().cseq(), invites[0].view().cseq() + 1);
  EXPECT_EQ(invites[1].view().call_id(), invites[0].view().call_id());
  const auto acks = rig.primary.all(Method::ack);
  ASSERT_THAT(acks, SizeIs(2)) << "to the 407 and to the 200";
  EXPECT_EQ(acks[0].view().via().branch, invites[0].view().via().branch);
  EXPECT_EQ(acks[1].view().header(HeaderId::proxy_authorization),
            invites[1].view().header(HeaderId::proxy_authorization));
}

TEST(OutgoingCall, stays_with_a_primary_that_rings) {
  UaRig rig;
  rig.primary.answers_after = 1h;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(210s, DeviceVerb::hang_up);
  rig.run_until(220s);
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 10.5));
  EXPECT_THAT(rig.primary.times(Method::cancel), ElementsAre(210));
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(210)) << "to the 487";
  EXPECT_THAT(rig.secondary.times(Method::invite), IsEmpty());
}

TEST(OutgoingCall, holds_a_cancel_back_until_a_provisional_response_comes) {  // s28
  UaRig rig;
  rig.primary.rings_after = 3s;
  rig.primary.answers_after = 1h;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(11s, DeviceVerb::hang_up);
  rig.run_until(60s);
  EXPECT_THAT(rig.primary.times(Method::cancel), ElementsAre(13));
  EXPECT_EQ(rig.primary.last(Method::cancel).view().via().branch,
            rig.primary.last(Method::invite).view().via().branch);
  EXPECT_THAT(rig.secondary.times(Method::invite), IsEmpty());
}

TEST(OutgoingCall, acknowledges_and_ends_an_answer_that_crosses_the_hang_up) {
  UaRig rig;
  rig.primary.rings_after = 1h;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(11s, DeviceVerb::hang_up);
  rig.run_until(60s);
  EXPECT_THAT(rig.primary.times(Method::cancel), IsEmpty());
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(13));
  EXPECT_THAT(rig.primary.times(Method::bye), ElementsAre(13));
  EXPECT_THAT(rig.secondary.times(Method::invite), IsEmpty());
}

TEST(OutgoingCall, never_falls_back_after_the_user_hung_up) {  // T-7, s29
  UaRig rig;
  rig.do_at(5s, [&] { rig.primary.silent = true; });
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(41s, DeviceVerb::hang_up);
  rig.run_until(95s);
  EXPECT_THAT(rig.primary.times(Method::cancel), IsEmpty());
  EXPECT_THAT(rig.secondary.times(Method::invite), IsEmpty());
}

TEST(OutgoingCall, drops_a_cancelled_invite_that_gets_no_487) {  // s27 b; trap 9
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().method() == Method::invite) rig.primary.reply(request, 180);
    if (request.view().method() == Method::cancel) rig.primary.reply(request, 200);
    return request.view().method() != Method::register_;
  };
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(30s, DeviceVerb::hang_up);
  rig.do_at(70s, [&] { rig.primary.reply(rig.primary.last(Method::invite), 487); });
  rig.run_until(130s);
  EXPECT_THAT(rig.primary.times(Method::cancel), ElementsAre(30));
  EXPECT_THAT(rig.primary.times(Method::ack), IsEmpty()) << "the INVITE was over at 62 s";
  EXPECT_THAT(rig.secondary.times(Method::invite), IsEmpty());
}

TEST(OutgoingCall, leaves_a_response_alone_that_is_meant_for_somebody_else) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().method() != Method::invite) return false;
    std::string text = sip::MessageBuilder::response_to(request.view(), 200, "t").str();
    const std::size_t at = text.find("127.0.0.1:5062");
    rig.primary.send(text.replace(at, 14, "nobody.invalid"), request.hop);
    return true;
  };
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.run_until(12s);
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 10.5, 11.5));
  EXPECT_THAT(rig.primary.times(Method::ack), IsEmpty());
}

TEST(OutgoingCall, ends_after_one_try_at_each_server_when_both_are_silent) {
  UaRig rig;
  rig.do_at(5s, [&] { rig.primary.silent = rig.secondary.silent = true; });
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(90s, DeviceVerb::hang_up);
  rig.run_until(100s);
  EXPECT_EQ(rig.primary.times(Method::invite).size(), 7U);
  EXPECT_EQ(rig.secondary.times(Method::invite).front(), 42);
  EXPECT_EQ(rig.secondary.times(Method::invite).back(), 73.5);
  EXPECT_THAT(rig.outcomes(), ElementsAre(true, false)) << "nothing left to hang up";
}

TEST(OutgoingCall, acknowledges_and_ends_a_late_answer_of_the_primary) {  // T-7, s25
  UaRig rig;
  rig.primary.rings_after = rig.primary.answers_after = 40s;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(90s, DeviceVerb::hang_up);
  rig.run_until(95s);
  EXPECT_THAT(rig.primary.times(Method::cancel), IsEmpty()) << "the transaction was over";
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(50));
  EXPECT_THAT(rig.primary.times(Method::bye), ElementsAre(50));
  EXPECT_THAT(rig.secondary.times(Method::bye), ElementsAre(90)) << "its own call lives on";
}

TEST(OutgoingCall, cancels_a_late_ringing_and_acknowledges_a_late_refusal_when_it_left_early) {
  for (const int late : {180, 486}) {  // s51
    SCOPED_TRACE(late);
    UaRig rig;
    rig.profile.max_request_retries = 2;
    rig.do_at(5s, [&] { rig.primary.silent = true; });
    rig.boot();
    rig.perform_at(10s, DeviceVerb::dial, "2002");
    rig.do_at(30s, [&] { rig.primary.reply(rig.primary.last(Method::invite), late); });
    rig.run_until(31s);
    EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 10.5, 11.5));
    EXPECT_EQ(rig.secondary.times(Method::invite).front(), 13.5);
    const Method expected = late == 180 ? Method::cancel : Method::ack;
    ASSERT_FALSE(rig.primary.times(expected).empty());
    EXPECT_EQ(rig.primary.times(expected).front(), 30);
    EXPECT_THAT(rig.secondary.times(Method::bye), IsEmpty());
  }
}

TEST(OutgoingCall, acknowledges_every_copy_of_the_answer) {
  UaRig rig;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  for (const auto at : {14s, 15s})
    rig.do_at(at, [&] { rig.primary.reply(rig.primary.last(Method::invite), 200); });
  rig.run_until(20s);
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(13, 14, 15));
  EXPECT_THAT(rig.primary.times(Method::bye), IsEmpty());
}

TEST(OutgoingCall, follows_the_route_set_of_the_answer) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().method() != Method::invite) return false;
    rig.primary.reply(request, 200, [](sip::MessageBuilder& response) {
      response.header(HeaderId::record_route, "<sip:192.0.2.9;lr>")
          .header(HeaderId::record_route, "<sip:127.0.0.11:5070;lr>");
    });
    return true;
  };
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(20s, DeviceVerb::hang_up);
  rig.run_until(21s);
  for (const Method method : {Method::ack, Method::bye}) {
    const Arrival request = rig.primary.last(method);
    EXPECT_EQ(request.view().header(HeaderId::route), "<sip:127.0.0.11:5070;lr>");
    EXPECT_EQ(request.view().count(HeaderId::route), 2U);
  }
}

TEST(OutgoingCall, is_put_on_hold_and_resumed_by_reinvite) {
  UaRig rig;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(20s, DeviceVerb::hold);
  rig.perform_at(30s, DeviceVerb::resume);
  rig.run_until(40s);
  std::map<std::uint32_t, sip::MediaDirection> directions;  // by CSeq
  for (const Arrival& invite : rig.primary.all(Method::invite)) {
    const auto sdp = sip::parse_sdp(invite.view().body());
    ASSERT_TRUE(sdp);
    directions[invite.view().cseq()] = sdp->direction;
  }
  using enum sip::MediaDirection;
  EXPECT_THAT(directions, ElementsAre(Pair(1, sendrecv), Pair(2, sendonly), Pair(3, sendrecv)));
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(13, 23, 33));
}

}  // namespace
}  // namespace sipharness::dut
