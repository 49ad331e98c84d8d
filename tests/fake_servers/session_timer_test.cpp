// What a far end makes of session timers. @source RFC 4028 §9, §10

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

scenario::FarEnd timed(scenario::SessionTimer timer) {
  scenario::FarEnd far_end = plan(1s, 2s);
  far_end.session_timer = timer;
  return far_end;
}

Request timed_invite(const std::string& session_expires) {
  Request request{.method = "INVITE", .uri = "sip:2001@10.0.0.11:5070", .body = offer()};
  request.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}, {"Supported", "timer"}};
  if (!session_expires.empty()) request.headers.emplace_back("Session-Expires", session_expires);
  return request;
}

/// The 200 to an INVITE with this Session-Expires.
std::string settled(const scenario::SessionTimer& timer, const std::string& asked) {
  Stage stage({}, timed(timer));
  stage.send_at(1s, timed_invite(asked));
  stage.run_until(4s);
  return std::string(stage.client.first(200).view().header(HeaderId::session_expires));
}

TEST(FarEndSession, takes_the_shorter_of_both_wishes_and_says_who_refreshes) {
  EXPECT_EQ(settled({.expires = 90s}, "1800"), "90;refresher=uac");
  EXPECT_EQ(settled({.expires = 180s}, "120"), "120;refresher=uac");
  EXPECT_EQ(settled({.expires = 90s}, ""), "90;refresher=uac");
  scenario::SessionTimer by_far_end{.expires = 90s};
  by_far_end.device_refreshes = false;
  EXPECT_EQ(settled(by_far_end, "90"), "90;refresher=uas");
}

TEST(FarEndSession, refuses_one_that_is_too_short) {
  scenario::SessionTimer timer{.expires = 180s};
  timer.min = 120s;
  Stage stage({}, timed(timer));
  stage.send_at(1s, timed_invite("90"));
  stage.run_until(4s);
  EXPECT_EQ(stage.client.first(422).view().header(HeaderId::min_se), "120");
}

TEST(FarEndSession, says_nothing_to_who_does_not_support_it) {
  Stage stage({}, timed({.expires = 90s}));
  Request request = timed_invite("");
  request.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}};
  stage.send_at(1s, request);
  stage.run_until(4s);
  EXPECT_FALSE(stage.client.first(200).view().has(HeaderId::session_expires));
}

/// Seconds at which the far end refreshes a call answered at 3 s, until 200 s.
std::vector<Duration> refreshes(bool keeps_its_promise) {
  scenario::SessionTimer timer{.expires = 90s};
  timer.device_refreshes = false;
  timer.refreshes = keeps_its_promise;
  Stage stage({}, timed(timer));
  stage.send_at(1s, timed_invite("90"));
  stage.at(3100ms, [&] {
    Request ack = timed_invite("");
    ack.method = "ACK";
    ack.to_tag = stage.client.first(200).view().to_tag();
    stage.client.send(ack);
  });
  stage.client.on_received = [&](const Seen& seen) {
    if (seen.view().is_request() && seen.view().method() == Method::update)
      stage.client.answer(seen, 200);
  };
  stage.run_until(150s);
  return stage.client.times_of(Method::update);
}

TEST(FarEndSession, is_refreshed_at_half_its_time_if_it_promised) {
  const auto times = refreshes(true);
  ASSERT_EQ(times.size(), 3u);
  EXPECT_THAT(offsets(times), ElementsAre(0s, 45s, 90s));
  EXPECT_EQ(times[0] / 1s, 48);
  EXPECT_THAT(refreshes(false), IsEmpty());
}

}  // namespace
}  // namespace fake_servers::test
