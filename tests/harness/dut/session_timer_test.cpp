// Session timers of the reference UA. @source RFC 4028 §7, §9, §10

#include <gmock/gmock.h>

#include "tests/harness/dut/ua_rig.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using sip::HeaderId;
using sip::Method;
using testing::ElementsAre;
using testing::IsEmpty;

class Timed : public testing::Test {
 protected:
  Timed() { rig.profile.session_timer = 90s; }

  /// The primary answers INVITEs at once with this Session-Expires; none if it is empty.
  void answer_with(std::string session) {
    rig.primary.script = [this, session = std::move(session)](const Arrival& request) {
      if (request.view().method() != Method::invite) return false;
      rig.primary.reply(request, 200, [&](sip::MessageBuilder& response) {
        response.header(HeaderId::contact, "<sip:2002@127.0.0.11:5070>");
        if (!session.empty()) response.header(HeaderId::session_expires, session);
      });
      return true;
    };
  }
  void call(Duration until) {
    rig.boot();
    rig.perform_at(10s, DeviceVerb::dial, "2002");
    rig.run_until(until);
  }

  UaRig rig;
};

TEST_F(Timed, asks_for_an_interval_and_says_that_it_supports_it) {
  answer_with("");
  call(200s);
  const Arrival invite = rig.primary.last(Method::invite);
  EXPECT_EQ(invite.view().header(HeaderId::session_expires), "90");
  EXPECT_EQ(invite.view().header(HeaderId::supported), "path, timer");
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10)) << "nothing was settled";
  EXPECT_THAT(rig.primary.times(Method::bye), IsEmpty());
}

TEST_F(Timed, refreshes_at_half_the_interval) {
  answer_with("90;refresher=uac");
  call(150s);
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 55, 100, 145));
  EXPECT_EQ(rig.primary.last(Method::invite).view().header(HeaderId::session_expires),
            "90;refresher=uac");
}

TEST_F(Timed, refreshes_nothing_by_a_copy_of_the_200) {
  answer_with("90;refresher=uac");
  rig.do_at(57s, [this] {
    rig.primary.reply(rig.primary.last(Method::invite), 200, [](sip::MessageBuilder& response) {
      response.header(HeaderId::session_expires, "90;refresher=uac");
    });
  });
  call(110s);
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 55, 100));
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(10, 55, 57, 100));
}

TEST_F(Timed, acknowledges_the_200_to_a_refresh_that_crossed_its_bye) {
  answer_with("90;refresher=uac");
  rig.do_at(50s, [this] {
    rig.primary.script = [](const Arrival& request) {
      return request.view().method() == Method::invite;
    };
  });
  rig.perform_at(56s, DeviceVerb::hang_up);
  rig.do_at(57s, [this] { rig.primary.reply(rig.primary.last(Method::invite), 200); });
  call(80s);
  EXPECT_THAT(rig.primary.times(Method::bye), ElementsAre(56));
  EXPECT_THAT(rig.primary.times(Method::ack), ElementsAre(10, 57));
  EXPECT_THAT(rig.primary.times(Method::invite), ElementsAre(10, 55, 55.5, 56.5));
}

TEST_F(Timed, ends_a_session_that_the_far_end_does_not_refresh) {
  answer_with("90;refresher=uas");
  call(200s);
  EXPECT_THAT(rig.primary.times(Method::bye), ElementsAre(70));
}

TEST_F(Timed, ends_a_call_whose_refresh_draws_nothing) {
  answer_with("90;refresher=uac");
  rig.do_at(50s, [this] { rig.primary.silent = true; });
  rig.do_at(50s, [this] { rig.primary.script = [](const Arrival&) { return true; }; });
  call(88s);
  EXPECT_EQ(rig.primary.times(Method::bye).front(), 87);
  EXPECT_THAT(rig.secondary.times(Method::invite), IsEmpty());
}

TEST_F(Timed, asks_for_more_after_a_422) {
  rig.primary.script = [this](const Arrival& request) {
    if (request.view().method() != Method::invite || request.view().cseq() > 1) return false;
    rig.primary.reply(request, 422, [](sip::MessageBuilder& response) {
      response.header(HeaderId::min_se, "120");
    });
    return true;
  };
  call(12s);
  const std::vector<Arrival> invites = rig.primary.all(Method::invite);
  ASSERT_GE(invites.size(), 2u);
  EXPECT_EQ(invites[1].view().header(HeaderId::session_expires), "120");
  EXPECT_EQ(invites[1].view().call_id(), invites[0].view().call_id());
  EXPECT_EQ(invites[1].view().cseq(), invites[0].view().cseq() + 1);
}

TEST_F(Timed, asks_for_nothing_if_it_has_no_session_timer) {
  rig.profile.session_timer.reset();
  answer_with("90;refresher=uas");
  call(200s);
  EXPECT_FALSE(rig.primary.last(Method::invite).view().has(HeaderId::session_expires));
  EXPECT_THAT(rig.primary.times(Method::bye), IsEmpty());
}

}  // namespace
}  // namespace sipharness::dut
