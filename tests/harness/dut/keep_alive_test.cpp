// OPTIONS keep-alive of the reference UA. @source grp26xx profile, options_keepalive; T-7

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/harness/dut/ua_rig.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using sip::HeaderId;
using sip::Method;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class KeptAlive : public testing::Test {
 protected:
  KeptAlive() {
    rig.profile.register_expiration = 10min;
    rig.profile.options_keepalive.emplace();
  }

  /// When OPTIONS came there for the first time, repeats left out.
  static std::vector<double> probes(const ScriptedServer& server) {
    std::set<std::string> seen;
    std::vector<double> times;
    for (const Arrival& arrival : server.all(Method::options))
      if (seen.emplace(arrival.view().via().branch).second)
        times.push_back(std::round(to_seconds(arrival.at) * 1000) / 1000);
    return times;
  }
  /// The primary does this with its OPTIONS from `from` until `until`, nothing before and after.
  void at_options(Duration from, Duration until, std::function<void(const Arrival&)> what) {
    rig.primary.script = [=, what = std::move(what)](const Arrival& request) {
      const bool is_meant =
          request.view().method() == Method::options && request.at >= from && request.at < until;
      if (is_meant) what(request);
      return is_meant;
    };
  }

  UaRig rig;
};

TEST_F(KeptAlive, asks_each_server_every_interval_outside_of_any_dialog) {
  rig.boot();
  rig.run_until(100s);
  for (const ScriptedServer* server : {&rig.primary, &rig.secondary}) {
    EXPECT_THAT(probes(*server), ElementsAre(30, 60, 90));
    std::set<std::string> call_ids;
    for (const Arrival& arrival : server->all(Method::options)) {
      EXPECT_FALSE(arrival.view().problem().has_value());
      EXPECT_EQ(arrival.view().request_uri(), fmt::format("sip:{}", server->local().text()));
      EXPECT_TRUE(arrival.view().to_tag().empty());
      EXPECT_EQ(arrival.view().cseq(), 1U);
      call_ids.emplace(arrival.view().call_id());
    }
    EXPECT_THAT(call_ids, SizeIs(3));
    EXPECT_THAT(server->times(Method::register_), ElementsAre(0));
  }
}

TEST_F(KeptAlive, is_off_unless_the_profile_wants_it) {
  rig.profile.options_keepalive.reset();
  rig.boot();
  rig.run_until(100s);
  EXPECT_THAT(probes(rig.primary), IsEmpty());
}

TEST_F(KeptAlive, three_lost_in_a_row_make_it_register_anew_and_calls_follow) {  // T-7
  rig.do_at(40s, [this] { rig.primary.silent = true; });
  rig.boot();
  rig.perform_at(190s, DeviceVerb::dial, "2001");
  rig.run_until(194s);
  // Good at 30; 60, 90 and 120 are lost, the last of them when its Timer F fires.
  EXPECT_THAT(probes(rig.primary), ElementsAre(30, 60, 90, 120, 150, 180));
  EXPECT_THAT(
      rig.primary.times(Method::register_),
      ElementsAre(0, 152, 152.5, 153.5, 155.5, 159.5, 163.5, 167.5, 171.5, 175.5, 179.5, 183.5));
  EXPECT_THAT(rig.primary.times(Method::invite), IsEmpty());
  EXPECT_THAT(rig.secondary.times(Method::invite), ElementsAre(190, 190.5)) << "until it rings";
  EXPECT_THAT(rig.secondary.times(Method::register_), ElementsAre(0));
}

TEST_F(KeptAlive, rests_while_it_is_not_registered_and_goes_on_when_it_is) {
  rig.do_at(40s, [this] { rig.primary.silent = true; });
  rig.do_at(220s, [this] { rig.primary.silent = false; });
  rig.boot();
  rig.run_until(300s);
  // Registered again by the repeat at 223.5 of the retry of 204.
  EXPECT_THAT(probes(rig.primary), ElementsAre(30, 60, 90, 120, 150, 180, 253.5, 283.5));
  EXPECT_EQ(rig.primary.times(Method::register_).back(), 223.5);
}

TEST_F(KeptAlive, two_lost_in_a_row_change_nothing) {
  at_options(50s, 100s, [](const Arrival&) {});
  rig.boot();
  rig.run_until(400s);
  EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0));
}

TEST_F(KeptAlive, a_response_of_any_status_shows_that_the_server_is_there) {
  for (const int status : {100, 404, 503}) {
    SCOPED_TRACE(status);
    UaRig one;
    one.profile = rig.profile;
    one.primary.script = [&](const Arrival& request) {
      if (request.view().method() != Method::options) return false;
      one.primary.reply(request, status);
      return true;
    };
    one.boot();
    one.run_until(400s);
    EXPECT_THAT(one.primary.times(Method::register_), ElementsAre(0));
  }
}

TEST_F(KeptAlive, a_later_response_clears_an_earlier_loss) {
  // 90 is answered before Timer F of 60 fires; then 120 and 150 are lost: two in a row, not three.
  std::set<std::string> lost;
  at_options(50s, 180s, [&](const Arrival& request) {
    const std::string call_id(request.view().call_id());
    if (request.at != 90s || lost.contains(call_id))
      lost.insert(call_id);
    else
      rig.primary.reply(request, 200);
  });
  rig.boot();
  rig.run_until(400s);
  EXPECT_THAT(lost, SizeIs(3));
  EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0));
}

TEST_F(KeptAlive, leaves_a_server_alone_that_asks_for_it) {
  at_options(50s, 70s, [this](const Arrival& request) {
    rig.primary.reply(request, 503, [](sip::MessageBuilder& response) {
      response.header(HeaderId::retry_after, "100");
    });
  });
  rig.boot();
  rig.run_until(200s);
  EXPECT_THAT(probes(rig.primary), ElementsAre(30, 60, 160, 190));
}

TEST_F(KeptAlive, proves_who_it_is_when_it_is_asked) {
  at_options(20s, 40s, [this](const Arrival& request) {
    if (!request.view().header(HeaderId::authorization).empty())
      return rig.primary.reply(request, 200);
    rig.primary.reply(request, 401, [](sip::MessageBuilder& response) {
      response.header(HeaderId::www_authenticate, R"(Digest realm="r", nonce="n")");
    });
  });
  rig.boot();
  rig.run_until(40s);
  const auto asked = rig.primary.all(Method::options);
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_EQ(asked[1].view().call_id(), asked[0].view().call_id());
  EXPECT_EQ(asked[1].view().cseq(), 2U);
}

TEST_F(KeptAlive, ends_with_the_registration_at_shutdown) {
  rig.boot();
  rig.perform_at(45s, DeviceVerb::shutdown);
  rig.run_until(200s);
  EXPECT_THAT(probes(rig.primary), ElementsAre(30));
}

}  // namespace
}  // namespace sipharness::dut
