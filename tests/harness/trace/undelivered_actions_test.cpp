#include "harness/trace/undelivered_actions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/trace/roles.hpp"
#include "tests/support/trace_builder.hpp"

namespace sipharness::trace {
namespace {

using test_support::epoch;
using test_support::primary;
using test_support::TraceBuilder;

/// Registered, then told to dial by a driver that has nothing to say at once.
TraceBuilder told_to_dial() {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.at(20s).action("dial", "1002", false);
  t.ends(100s);
  return t;
}

void ask(TraceBuilder& t, Duration shown, std::string verb = "dial") {
  t.at(shown).entry(journal::Prompted{"phone", std::move(verb), "dial 1002"});
}

void hear(TraceBuilder& t, Duration at, bool ok, std::string what, std::string verb = "dial") {
  t.at(at).entry(journal::Reported{"phone", std::move(verb), ok, std::move(what)});
}

std::optional<Duration> dialled(const Trace& trace) {
  for (const journal::Entry& entry : trace.journal)
    if (const auto* action = std::get_if<journal::Action>(&entry.event);
        action != nullptr && action->verb == "dial")
      return entry.at;
  return std::nullopt;
}

TEST(Actions, that_left_no_sign_and_were_not_reported_done_are_undelivered) {
  TraceBuilder t = told_to_dial();
  const Trace trace = t.build();
  EXPECT_EQ(dialled(trace), std::nullopt);
  ASSERT_EQ(trace.undelivered_actions.size(), 1U);
  EXPECT_EQ(trace.undelivered_actions[0].action.argument, "1002");
  EXPECT_EQ(trace.undelivered_actions[0].at, epoch + 20s);
}

TEST(Actions, that_show_on_the_wire_in_time_stand) {
  TraceBuilder t = told_to_dial();
  t.complete_call(primary, 29s);
  EXPECT_EQ(dialled(t.build()), 20s);
  TraceBuilder late = told_to_dial();
  late.complete_call(primary, 31s);
  EXPECT_EQ(dialled(late.build()), std::nullopt);
}

TEST(Actions, that_were_reported_done_stand_without_a_sign) {
  TraceBuilder at_once;
  at_once.healthy_registrations(0s);
  at_once.at(20s).dial();
  at_once.ends(100s);
  EXPECT_EQ(dialled(at_once.build()), 20s);
  TraceBuilder later = told_to_dial();
  hear(later, 50s, true, "CALL_RINGING");
  EXPECT_EQ(dialled(later.build()), 20s);
}

TEST(Actions, that_a_person_carried_out_count_from_their_sign) {
  TraceBuilder t = told_to_dial();
  ask(t, 20s);
  t.complete_call(primary, 47s);
  hear(t, 49s, true, "operator: done");
  EXPECT_EQ(dialled(t.build()), 47s);
  TraceBuilder without = told_to_dial();
  ask(without, 20s);
  hear(without, 49s, true, "operator: done");
  EXPECT_EQ(dialled(without.build()), 49s);
}

TEST(Actions, that_a_person_did_not_carry_out_are_undelivered_from_the_answer_on) {
  TraceBuilder t = told_to_dial();
  ask(t, 20s);
  hear(t, 80s, false, "operator: no answer in time");
  const Trace trace = t.build();
  ASSERT_EQ(trace.undelivered_actions.size(), 1U);
  EXPECT_EQ(trace.undelivered_actions[0].what, "operator: no answer in time");
}

TEST(Actions, of_which_only_a_copy_is_seen_are_undelivered) {
  TraceBuilder t = told_to_dial();
  const auto invite = t.at(15s).from_device(primary).request("INVITE");
  t.retransmissions(invite, {5500ms, 6s});
  EXPECT_EQ(dialled(t.build()), std::nullopt);
}

TEST(Actions, to_hang_up_are_undelivered_only_where_there_is_a_call) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.at(10s).action("hang_up", {}, false);
  t.complete_call(primary, 20s);
  t.at(60s).action("hang_up", {}, false);
  t.ends(100s);
  EXPECT_TRUE(t.build().undelivered_actions.empty());
  t.at(70s).from_device(primary).request("INVITE");
  t.at(71s).action("hang_up", {}, false);
  EXPECT_EQ(t.build().undelivered_actions.size(), 1U);
}

TEST(Actions, to_hang_up_show_in_the_cancel_that_has_the_branch_of_its_invite) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.at(10s).from_device(primary).request("INVITE");
  t.at(12s).action("hang_up", {}, false);
  t.at(12500ms).from_device(primary).request("CANCEL");
  t.ends(60s);
  EXPECT_TRUE(t.build().undelivered_actions.empty());
}

TEST(Actions, to_restart_need_a_person_s_word_where_one_was_asked) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.at(20s).action("restart", {}, false);
  ask(t, 20s, "restart");
  hear(t, 25s, false, "operator: not done", "restart");
  t.healthy_registrations(28s);
  EXPECT_EQ(t.build().undelivered_actions.size(), 1U);
}

TEST(Actions, to_go_off_are_undelivered_if_the_device_talks_on) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.at(20s).action("shutdown", {}, false);
  t.ends(100s);
  EXPECT_TRUE(t.build().undelivered_actions.empty());
  t.registration(primary, 60s);
  EXPECT_EQ(t.build().undelivered_actions.size(), 1U);
}

TEST(Tested, are_the_accounts_named_and_the_others_came_by) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.device("1003", *Endpoint::parse("127.0.0.2:5062")).registration(primary, 1s);
  Trace trace = t.build();
  EXPECT_TRUE(trace.devices[0].under_test && trace.devices[1].under_test);
  trace.devices.clear();
  assign_roles(trace, RoleSource::scenario, Tested{{"1003"}});
  ASSERT_EQ(trace.devices.size(), 2U);
  EXPECT_FALSE(trace.devices[0].under_test);
  EXPECT_EQ(trace.devices[0].name, "phone-1001");
  EXPECT_TRUE(trace.devices[1].under_test);
  EXPECT_EQ(trace.devices[1].name, "phone");
  trace.devices.clear();
  assign_roles(trace, RoleSource::scenario, Tested{});
  EXPECT_TRUE(trace.devices[0].under_test);
  EXPECT_FALSE(trace.devices[1].under_test);
  trace.devices.clear();
  assign_roles(trace, RoleSource::scenario, Tested{{"7"}});
  ASSERT_EQ(trace.devices.size(), 3U);
  EXPECT_TRUE(trace.devices[2].under_test);
}

}  // namespace
}  // namespace sipharness::trace
