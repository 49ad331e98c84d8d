#include "harness/story/story.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/trace_builder.hpp"

namespace sipharness::story {
namespace {

using test_support::epoch;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Story story_of(TraceBuilder& t) {
  return tell(t.build(), {}, nullptr);
}

const Phone& only_phone(const Story& story) {
  EXPECT_EQ(story.phones.size(), 1U);
  return story.phones.front();
}

TEST(Overview, names_servers_and_phones) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.bystander(2s);
  const Overview overview = overview_of(t.build());
  ASSERT_THAT(overview.parties, SizeIs(4));
  EXPECT_EQ(overview.parties[0].part, "primary");
  EXPECT_THAT(overview.parties[0].addresses, ElementsAre("127.0.0.11:5070"));
  EXPECT_EQ(overview.parties[1].part, "secondary");
  EXPECT_EQ(overview.parties[2].part, "phone");
  EXPECT_EQ(overview.parties[2].account, "1001");
  EXPECT_THAT(overview.parties[2].addresses, ElementsAre("127.0.0.1:5062"));
  EXPECT_EQ(overview.parties[3].account, "1077");
}

TEST(Registrations, are_told_with_outcome_and_binding) {
  TraceBuilder t;
  t.registration(primary, 0s, 60s);
  t.registration(primary, 50s, 60s);
  t.ends(200s);
  const Story story = story_of(t);
  const auto& at = only_phone(story).registrations;
  ASSERT_THAT(at, SizeIs(1));
  EXPECT_EQ(at[0].server, primary);
  ASSERT_THAT(at[0].attempts, SizeIs(2));
  const Registration& first = at[0].attempts[0];
  EXPECT_EQ(first.outcome, Outcome::accepted);
  EXPECT_THAT(first.statuses, ElementsAre(200));
  EXPECT_EQ(first.granted, Duration(60s));
  EXPECT_EQ(first.sent.at, epoch);
  EXPECT_EQ(first.sent.frame, 1U);
  EXPECT_FALSE(first.is_refresh);
  EXPECT_EQ(first.binding->end, BindingEnd::refreshed);
  const Registration& second = at[0].attempts[1];
  EXPECT_TRUE(second.is_refresh);
  EXPECT_EQ(second.binding->end, BindingEnd::lapsed);
  EXPECT_EQ(second.binding->until - second.binding->from, 60s);
}

TEST(Registrations, know_challenges_refusals_silence_and_what_is_cut_off) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.at(20ms).to_device(primary).response(401);
  t.at(30ms).from_device(primary).request("REGISTER");
  t.at(50ms).to_device(primary).response(403, {.headers = {{"Retry-After", "30"}}});
  t.at(100s).from_device(primary).request("REGISTER");
  t.at(100500ms).repeat(t.packets() - 1);
  t.at(199s).from_device(secondary).request("REGISTER");
  t.ends(200s);
  const Story story = story_of(t);
  const auto& at = only_phone(story).registrations;
  ASSERT_THAT(at, SizeIs(2));
  ASSERT_THAT(at[0].attempts, SizeIs(2));
  EXPECT_EQ(at[0].attempts[0].outcome, Outcome::refused);
  EXPECT_THAT(at[0].attempts[0].statuses, ElementsAre(401, 403));
  EXPECT_EQ(at[0].attempts[0].wait_asked, Duration(30s));
  EXPECT_EQ(at[0].attempts[0].answered->at, epoch + 50ms);
  EXPECT_EQ(at[0].attempts[1].outcome, Outcome::unanswered);
  EXPECT_EQ(at[0].attempts[1].transmissions, 2U);
  EXPECT_EQ(at[1].attempts[0].outcome, Outcome::open);
}

TEST(Registrations, that_end_one_say_so) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.registration(primary, 10s, 0s);
  t.ends(20s);
  const Story story = story_of(t);
  const auto& attempts = only_phone(story).registrations.front().attempts;
  ASSERT_THAT(attempts, SizeIs(2));
  EXPECT_TRUE(attempts[1].ends_registration);
  EXPECT_EQ(attempts[0].binding->end, BindingEnd::unregistered);
}

TEST(Calls, move_from_a_silent_server_to_the_other) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.silent_invite(primary, 10s);
  t.complete_call(secondary, 42s);
  t.ends(100s);
  t.without_journal();
  const Story story = story_of(t);
  ASSERT_THAT(only_phone(story).calls, SizeIs(1));
  const Call& call = story.phones[0].calls[0];
  EXPECT_FALSE(call.incoming);
  EXPECT_EQ(call.number, "1002");
  ASSERT_THAT(call.legs, SizeIs(2));
  EXPECT_EQ(call.legs[0].server, primary);
  EXPECT_EQ(call.legs[0].transmissions, 7U);
  EXPECT_EQ(call.legs[0].last_sent.at, epoch + 41500ms);
  EXPECT_FALSE(call.legs[0].first_response);
  EXPECT_EQ(call.legs[1].server, secondary);
  EXPECT_EQ(call.legs[1].rang->at, epoch + 42020ms);
  EXPECT_EQ(call.legs[1].status, 200);
  EXPECT_EQ(call.ended->at, epoch + 47s);
  EXPECT_TRUE(call.ended_by_phone);
}

TEST(Calls, come_in_and_are_hung_up_by_the_far_end) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  const auto invite = t.at(5s).to_device(primary).request("INVITE");
  t.at(5100ms).from_device(primary).response(180);
  t.at(6s).response(200);
  t.at(6010ms).to_device(primary).request("ACK", {.in = invite});
  t.at(9s).request("BYE", {.in = invite});
  t.at(9010ms).from_device(primary).response(200);
  const Story story = story_of(t);
  ASSERT_THAT(only_phone(story).calls, SizeIs(1));
  const Call& call = story.phones[0].calls[0];
  EXPECT_TRUE(call.incoming);
  EXPECT_EQ(call.number, "1002");
  EXPECT_EQ(call.legs[0].rang->at, epoch + 5100ms);
  EXPECT_EQ(call.legs[0].final->at, epoch + 6s);
  ASSERT_TRUE(call.ended);
  EXPECT_EQ(call.ended->at, epoch + 9s);
  EXPECT_FALSE(call.ended_by_phone);
}

TEST(Calls, say_at_which_server_they_were_hung_up) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  const auto invite = t.at(5s).from_device(primary).request("INVITE");
  t.at(6s).to_device(primary).response(200);
  t.at(6010ms).from_device(primary).request("ACK");
  t.at(9s).from_device(secondary).request("BYE", {.in = invite});
  t.ends(20s);
  const Story story = story_of(t);
  ASSERT_THAT(only_phone(story).calls, SizeIs(1));
  EXPECT_EQ(story.phones[0].calls[0].ended->at, epoch + 9s);
  EXPECT_EQ(story.phones[0].calls[0].ended_at, secondary);
}

TEST(Calls, that_are_cancelled_say_when) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  const auto invite = t.at(5s).from_device(primary).request("INVITE");
  t.at(5100ms).to_device(primary).response(180);
  t.at(8s).from_device(primary).request("CANCEL");
  t.at(8010ms).to_device(primary).response(200);
  t.at(8020ms).response(487, {.to = invite});
  t.at(8030ms).from_device(primary).request("ACK");
  t.ends(20s);
  const Story story = story_of(t);
  ASSERT_THAT(only_phone(story).calls, SizeIs(1));
  const CallLeg& leg = story.phones[0].calls[0].legs[0];
  EXPECT_EQ(leg.cancelled->at, epoch + 8s);
  EXPECT_EQ(leg.status, 487);
  EXPECT_FALSE(story.phones[0].calls[0].ended);
}

TEST(Outages, come_from_requests_where_there_is_no_journal) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.silent_invite(primary, 10s);
  t.ends(100s);
  t.without_journal();
  const Story story = story_of(t);
  ASSERT_THAT(only_phone(story).outages, SizeIs(1));
  EXPECT_EQ(story.phones[0].outages[0].server, primary);
  EXPECT_FALSE(story.phones[0].outages[0].is_exact);
  EXPECT_FALSE(story.phones[0].outages[0].recovered);
}

TEST(Timers, are_measured) {
  TraceBuilder t;
  t.registration(primary, 0s, 60s);
  t.registration(primary, 50s, 60s);
  t.silent_invite(primary, 60s);
  t.ends(130s);
  const Story story = story_of(t);
  const Timers& timers = only_phone(story).timers;
  EXPECT_EQ(timers.t1, Duration(500ms));
  ASSERT_THAT(timers.series, SizeIs(1));
  EXPECT_EQ(timers.series[0].what, "INVITE (Timer A)");
  EXPECT_THAT(timers.series[0].intervals, ElementsAre(500ms, 1s, 2s, 4s, 8s, 16s));
  EXPECT_FALSE(timers.series[0].answered);
  ASSERT_THAT(timers.measured, SizeIs(1));
  EXPECT_EQ(timers.measured[0].what, "refresh at the primary after its 200");
  EXPECT_EQ(timers.measured[0].count, 1U);
}

TEST(Timers, tell_how_long_a_call_waited_for_the_primary) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.silent_invite(primary, 10s);
  t.complete_call(secondary, 42s);
  t.ends(100s);
  const Story story = story_of(t);
  const auto& measured = only_phone(story).timers.measured;
  ASSERT_THAT(measured, SizeIs(1));
  EXPECT_THAT(measured[0].what, HasSubstr("after one that the primary did not answer"));
  EXPECT_EQ(measured[0].median, Duration(32s));
}

TEST(Missing, is_told_without_a_journal) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.retransmissions(t.at(60s).from_device(primary).request("INVITE"),
                    {500ms, 3500ms, 7500ms, 15500ms, 31500ms});
  t.ends(200s);
  t.without_journal();
  const Story story = story_of(t);
  ASSERT_THAT(only_phone(story).missing, SizeIs(1));
  EXPECT_THAT(story.phones[0].missing[0].what, HasSubstr("a transmission beside frame"));
}

TEST(Hints, know_one_direction_and_loopback) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.ends(1s);
  const Story story = story_of(t);
  EXPECT_THAT(story.hints, Contains(HasSubstr("loopback")));
  EXPECT_THAT(story.hints, Contains(HasSubstr("1 message to the primary, none from it")));
}

TEST(Hints, know_a_via_that_names_another_address) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.at(5s).from_device(primary).request(
      "OPTIONS", {.headers = {{"Via", "SIP/2.0/UDP 192.168.1.20:5060;branch=z9hG4bKnat"}}});
  EXPECT_THAT(story_of(t).hints,
              Contains(HasSubstr("Via says 192.168.1.20, the packet came from 127.0.0.1:5062")));
}

TEST(LeftOut, has_what_is_between_others_and_what_does_not_parse) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.at(1s).stray("OPTIONS sip:a@b SIP/2.0\r\n\r\n", *Endpoint::parse("127.0.0.99:5060"));
  t.at(2s).from_device(primary).raw("no SIP at all");
  const Story story = story_of(t);
  EXPECT_THAT(story.left_out, Contains(testing::Field(&LeftOut::what, HasSubstr("not read: "))));
}

TEST(Story, of_nothing_is_empty) {
  TraceBuilder t;
  t.without_journal();
  t.infer_servers();
  const Story story = story_of(t);
  EXPECT_THAT(story.phones, IsEmpty());
  EXPECT_THAT(story.requests, IsEmpty());
}

TEST(Story, counts_messages) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  const Story story = story_of(t);
  ASSERT_THAT(story.requests, SizeIs(1));
  EXPECT_EQ(story.requests[0].what, "REGISTER");
  EXPECT_EQ(story.requests[0].count, 2U);
  ASSERT_THAT(story.responses, SizeIs(1));
  EXPECT_EQ(story.responses[0].what, "200");
}

}  // namespace
}  // namespace sipharness::story
