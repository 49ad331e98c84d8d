#include "harness/observed/call.hpp"

#include <gtest/gtest.h>

#include "harness/observed/dialogs.hpp"
#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::epoch;
using test_support::OnePhone;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;

struct Calls : OnePhone {
  explicit Calls(TraceBuilder& builder, const scenario::Profile& profile = {})
      : OnePhone(builder, profile) {}

  CaptureTime at(std::optional<std::size_t> message) const { return phone.at(message.value()); }

  const std::vector<CallGroup>& groups = calls(phone);
};

// --- ALG-CALL ------------------------------------------------------------------------------------

TEST(CallGroups, hold_both_legs_of_one_dial) {
  TraceBuilder t;
  t.at(5s).dial("1002");
  t.silent_invite(primary, 5s, {.call_id = "same"});
  t.complete_call(secondary, 37s, {.call_id = "same"});
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 1U);
  const CallGroup& group = c.groups[0];
  EXPECT_EQ(group.number, "1002");
  EXPECT_EQ(group.dialled, epoch + 5s);
  EXPECT_EQ(group.until, c.trace.last);
  ASSERT_EQ(group.legs.size(), 2U);
  EXPECT_EQ(group.leg(primary)->i0, epoch + 5s);
  EXPECT_TRUE(group.leg(primary)->silent());
  EXPECT_EQ(group.leg(secondary)->i0, epoch + 37s);
  EXPECT_FALSE(group.leg(secondary)->silent());
}

TEST(CallGroups, go_to_the_next_dial) {
  TraceBuilder t;
  t.at(5s).dial("1002");
  t.complete_call(primary, 5s);
  t.at(20s).dial("1002");
  t.complete_call(secondary, 20s);
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 2U);
  EXPECT_EQ(c.groups[0].until, epoch + 20s);
  EXPECT_EQ(c.groups[0].leg(secondary), nullptr);
  EXPECT_EQ(c.groups[1].leg(primary), nullptr);
  EXPECT_NE(c.groups[1].leg(secondary), nullptr);
}

TEST(CallGroups, go_on_beside_a_later_dial_that_has_begun) {
  for (const char* const second : {"1002", "1003"}) {
    TraceBuilder t;
    t.at(5s).dial("1002");
    t.silent_invite(primary, 5s, {.call_id = "first"});
    t.at(20s).dial(second);
    t.silent_invite(primary, 20s, {.number = second, .call_id = "second"});
    t.complete_call(secondary, 37s, {.call_id = "first"});
    const Calls c(t);
    ASSERT_EQ(c.groups.size(), 2U) << second;
    ASSERT_NE(c.groups[0].leg(secondary), nullptr) << second;
    EXPECT_EQ(c.groups[0].leg(secondary)->i0, epoch + 37s) << second;
    EXPECT_EQ(c.groups[1].legs.size(), 1U) << second;
  }
}

TEST(CallGroups, tell_a_later_dial_apart_that_takes_the_same_call_id) {
  TraceBuilder t;
  t.at(5s).dial("1002");
  t.complete_call(primary, 5s, {.call_id = "same"});
  t.at(20s).dial("1002");
  t.silent_invite(primary, 20s, {.call_id = "same"});
  t.complete_call(secondary, 52s, {.call_id = "same"});
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 2U);
  EXPECT_EQ(c.groups[0].legs.size(), 1U);
  EXPECT_EQ(c.groups[1].legs.size(), 2U);
}

TEST(CallGroups, a_dial_that_put_nothing_on_the_wire_is_a_group_without_legs) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.at(5s).dial("1002");
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 1U);
  EXPECT_TRUE(c.groups[0].legs.empty());
}

TEST(CallGroups, an_invite_to_another_number_is_a_group_without_a_dial) {
  TraceBuilder t;
  t.at(5s).dial("1002");
  t.complete_call(primary, 6s, {.number = "911"});
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 2U);
  EXPECT_TRUE(c.groups[0].legs.empty());
  EXPECT_FALSE(c.groups[1].dialled);
  EXPECT_EQ(c.groups[1].number, "911");
}

TEST(CallGroups, bear_a_dial_that_is_stamped_just_after_its_invite) {
  TraceBuilder t;
  t.complete_call(primary, 5s);
  t.at(5020ms).dial("1002");
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 1U);
  EXPECT_EQ(c.groups[0].legs.size(), 1U);
}

TEST(CallGroups, know_when_the_user_hung_up) {
  TraceBuilder t;
  t.at(5s).dial("1002");
  t.silent_invite(primary, 5s);
  t.at(15s).hang_up();
  t.at(60s).dial("1002");
  t.at(70s).hang_up();
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 2U);
  EXPECT_EQ(c.groups[0].hung_up, epoch + 15s);
  EXPECT_EQ(c.groups[1].hung_up, epoch + 70s);
}

struct ContinuedCase {
  const char* name;
  Duration second_leg;
  const char* number;
  std::size_t groups;
};

TEST(CallGroups, without_a_journal_go_on_while_a_failover_may) {
  const ContinuedCase cases[] = {
      {"failover", 32s, "1002", 1},
      {"as late as it may be", 64200ms, "1002", 1},
      {"later: a new call", 64201ms, "1002", 2},
      {"another number", 32s, "1003", 2},
  };
  for (const ContinuedCase& one : cases) {
    SCOPED_TRACE(one.name);
    TraceBuilder t;
    t.without_journal();
    t.silent_invite(primary, 0s);
    t.complete_call(secondary, one.second_leg, {.number = one.number});
    const Calls c(t);
    ASSERT_EQ(c.groups.size(), one.groups);
    EXPECT_FALSE(c.groups[0].dialled);
    EXPECT_EQ(c.groups[0].legs.size(), 3 - one.groups);
  }
}

TEST(CallGroups, without_a_journal_end_where_the_next_one_begins) {
  TraceBuilder t;
  t.without_journal();
  t.complete_call(primary, 0s, {.number = "1002"});
  t.complete_call(primary, 10s, {.number = "1003"});
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 2U);
  EXPECT_EQ(c.groups[0].until, epoch + 10s);
  EXPECT_EQ(c.groups[1].until, c.trace.last);
}

TEST(CallGroups, leave_incoming_calls_and_re_invites_out) {
  TraceBuilder t;
  t.registration(primary, 0s);
  const auto invite = t.complete_call(primary, 1s);
  t.at(3s).from_device(primary).request("INVITE", {.in = invite});
  t.at(20s).to_device(primary).request("INVITE");
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 1U);
  EXPECT_EQ(c.groups[0].legs.at(0).invites.size(), 1U);
}

// --- ALG-LEG -------------------------------------------------------------------------------------

TEST(Legs, after_a_challenge_the_last_invite_counts) {
  TraceBuilder t;
  t.at(5s).dial("1002");
  const auto first = t.at(5s).from_device(primary).request("INVITE", {.call_id = "c"});
  t.at(5010ms).to_device(primary).response(407, {.to = first});
  t.at(5020ms).from_device(primary).request("ACK", {.in = first});
  t.silent_invite(primary, 5030ms, {.call_id = "c"});
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 1U);
  ASSERT_EQ(c.groups[0].legs.size(), 1U);
  const Leg& leg = c.groups[0].legs[0];
  EXPECT_EQ(leg.invites.size(), 2U);
  EXPECT_EQ(leg.i0, epoch + 5030ms);
  EXPECT_TRUE(leg.silent());
  EXPECT_EQ(leg.end, epoch + 37030ms);
}

TEST(Legs, a_fresh_try_at_the_same_server_is_a_leg_of_its_own) {
  TraceBuilder t;
  t.at(5s).dial("1002");
  t.silent_invite(primary, 5s);
  t.silent_invite(primary, 40s);
  const Calls c(t);
  ASSERT_EQ(c.groups.size(), 1U);
  ASSERT_EQ(c.groups[0].legs.size(), 2U);
  EXPECT_EQ(c.groups[0].leg(primary)->i0, epoch + 5s);
}

TEST(Legs, of_a_complete_call_hold_all_of_it) {
  TraceBuilder t;
  t.complete_call(secondary, 1s);
  const Calls c(t);
  const Leg& leg = c.groups.at(0).legs.at(0);
  EXPECT_EQ(c.at(leg.provisional), epoch + 1020ms);
  EXPECT_EQ(c.at(leg.final), epoch + 3s);
  ASSERT_EQ(leg.acks_2xx.size(), 1U);
  EXPECT_EQ(c.at(leg.acks_2xx[0]), epoch + 3010ms);
  EXPECT_EQ(c.at(leg.bye_from_device), epoch + 6s);
  EXPECT_FALSE(leg.bye_to_device);
  EXPECT_FALSE(leg.cancel);
  EXPECT_EQ(leg.end, epoch + 3s);
}

TEST(Legs, end_with_the_cancel_if_that_is_first) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(1100ms).to_device(primary).response(180, {.to = invite});
  t.at(4s).from_device(primary).request("CANCEL", {.in = invite});
  t.at(4020ms).to_device(primary).response(487, {.to = invite});
  t.at(4030ms).from_device(primary).request("ACK", {.in = invite});
  const Calls c(t);
  const Leg& leg = c.groups.at(0).legs.at(0);
  EXPECT_EQ(c.at(leg.cancel), epoch + 4s);
  EXPECT_EQ(leg.end, epoch + 4s);
  EXPECT_TRUE(leg.acks_2xx.empty()) << "that ACK was for the 487";
}

TEST(Legs, that_only_rang_go_on_to_the_end_of_the_trace) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(1100ms).to_device(primary).response(180, {.to = invite});
  t.ends(100s);
  const Calls c(t);
  EXPECT_EQ(c.groups.at(0).legs.at(0).end, epoch + 100s);
}

TEST(Legs, a_bye_of_the_far_end_is_told_apart) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(2s).to_device(primary).response(200, {.to = invite});
  t.at(2010ms).from_device(primary).request("ACK", {.in = invite});
  t.at(5s).to_device(primary).request("BYE", {.in = invite});
  const Calls c(t);
  EXPECT_EQ(c.at(c.groups.at(0).legs.at(0).bye_to_device), epoch + 5s);
  EXPECT_FALSE(c.groups[0].legs[0].bye_from_device);
}

// --- ALG-DLG -------------------------------------------------------------------------------------

struct Dialogs : OnePhone {
  explicit Dialogs(TraceBuilder& builder) : OnePhone(builder) {}

  const Dialog& operator[](std::size_t index) const { return *confirmed.at(index); }

  const std::vector<const Dialog*>& confirmed = dialogs(phone);
};

TEST(ConfirmedDialogs, are_confirmed_by_2xx_and_ack_and_ended_by_bye) {
  TraceBuilder t;
  t.complete_call(primary, 1s, {.call_id = "c", .from_tag = "mine"});
  const Dialogs dialogs(t);
  ASSERT_EQ(dialogs.confirmed.size(), 1U);
  EXPECT_FALSE(dialogs[0].incoming);
  EXPECT_EQ(dialogs[0].server, ServerRole::primary);
  EXPECT_EQ(dialogs[0].call_id, "c");
  EXPECT_EQ(dialogs[0].device_tag, "mine");
  EXPECT_EQ(dialogs.phone.at(dialogs[0].answer), epoch + 3s);
  EXPECT_EQ(dialogs[0].confirmed, epoch + 3010ms);
  EXPECT_EQ(dialogs[0].ended, epoch + 6s);
}

TEST(ConfirmedDialogs, without_an_ack_are_not_confirmed) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(2s).to_device(primary).response(200, {.to = invite});
  EXPECT_TRUE(Dialogs(t).confirmed.empty());
}

TEST(ConfirmedDialogs, an_ack_with_another_tag_confirms_nothing) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(2s).to_device(primary).response(200, {.to = invite});
  t.at(3s).from_device(primary).request("ACK", {.to_tag = "other", .in = invite});
  EXPECT_TRUE(Dialogs(t).confirmed.empty());
}

TEST(ConfirmedDialogs, of_incoming_calls_name_the_tags_by_side) {
  TraceBuilder t;
  t.registration(secondary, 0s);
  const auto invite = t.at(1s).to_device(secondary).request("INVITE", {.from_tag = "theirs"});
  t.at(2s).from_device(secondary).response(200, {.to_tag = "mine", .to = invite});
  t.at(2010ms).to_device(secondary).request("ACK", {.in = invite});
  t.at(9s).from_device(secondary).request("BYE", {.in = invite});
  const Dialogs dialogs(t);
  ASSERT_EQ(dialogs.confirmed.size(), 1U);
  EXPECT_TRUE(dialogs[0].incoming);
  EXPECT_EQ(dialogs[0].device_tag, "mine");
  EXPECT_EQ(dialogs[0].server_tag, "theirs");
  EXPECT_EQ(dialogs[0].ended, epoch + 9s);
}

TEST(ConfirmedDialogs, of_a_forked_call_are_one_for_each_tag) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(2s).to_device(primary).response(200, {.to_tag = "one", .to = invite});
  t.at(2500ms).response(200, {.to_tag = "one", .to = invite});
  t.at(3s).response(200, {.to_tag = "two", .to = invite});
  t.at(2010ms).from_device(primary).request("ACK", {.to_tag = "one", .in = invite});
  t.at(3010ms).request("ACK", {.to_tag = "two", .in = invite});
  t.at(4s).request("BYE", {.to_tag = "two", .in = invite});
  const Dialogs dialogs(t);
  ASSERT_EQ(dialogs.confirmed.size(), 2U);
  EXPECT_EQ(dialogs[0].server_tag, "one");
  EXPECT_FALSE(dialogs[0].ended);
  EXPECT_EQ(dialogs[1].server_tag, "two");
  EXPECT_EQ(dialogs[1].ended, epoch + 4s);
}

TEST(ConfirmedDialogs, with_one_call_id_at_two_servers_are_two) {
  TraceBuilder t;
  const auto at_primary =
      t.at(0s).from_device(primary).request("INVITE", {.cseq = 1, .call_id = "c", .from_tag = "f"});
  t.complete_call(secondary, 32s, {.cseq = 1, .call_id = "c", .from_tag = "f"});
  t.at(33s).to_device(primary).response(200, {.to_tag = "late", .to = at_primary});
  const Dialogs dialogs(t);
  ASSERT_EQ(dialogs.confirmed.size(), 1U);
  EXPECT_EQ(dialogs[0].server, ServerRole::secondary);
}

}  // namespace
}  // namespace sipharness::observed
