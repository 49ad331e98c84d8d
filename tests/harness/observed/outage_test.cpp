#include <gtest/gtest.h>

#include "harness/observed/journal_facts.hpp"
#include "harness/observed/outages.hpp"
#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::epoch;
using test_support::OnePhone;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;

TEST(Outages, last_from_silence_until_the_next_phase) {
  TraceBuilder t;
  t.at(10s).silent(primary);
  t.at(50s).answering(primary);
  t.ends(100s);
  const OnePhone one(t);
  const auto& outages = one.journal.outages();
  ASSERT_EQ(outages.size(), 1U);
  EXPECT_EQ(outages[0].server, ServerRole::primary);
  EXPECT_EQ(outages[0].from, epoch + 10s);
  EXPECT_EQ(outages[0].until, epoch + 50s);
  EXPECT_TRUE(outages[0].recovered);
  EXPECT_FALSE(outages[0].port_closed);
  EXPECT_FALSE(is_out(one.phone, primary, epoch + 9s));
  EXPECT_TRUE(is_out(one.phone, primary, epoch + 10s));
  EXPECT_FALSE(is_out(one.phone, primary, epoch + 50s));
  EXPECT_FALSE(is_out(one.phone, secondary, epoch + 20s));
}

TEST(Outages, that_do_not_end_last_to_the_end_of_the_trace) {
  TraceBuilder t;
  t.at(10s).close_port(secondary);
  t.ends(100s);
  const OnePhone one(t);
  const auto& outages = one.journal.outages();
  ASSERT_EQ(outages.size(), 1U);
  EXPECT_EQ(outages[0].until, epoch + 100s);
  EXPECT_FALSE(outages[0].recovered);
  EXPECT_TRUE(outages[0].port_closed);
  EXPECT_TRUE(is_out(one.phone, secondary, epoch + 100s));
}

TEST(Outages, a_phase_that_answers_is_none) {
  TraceBuilder t;
  t.at(10s).entry(journal::Phase{"primary", "refusing", false});
  EXPECT_TRUE(OnePhone(t).journal.outages().empty());
}

TEST(Outages, silence_and_a_closed_port_that_overlap_are_one) {
  TraceBuilder t;
  t.at(10s).silent(primary);
  t.at(20s).close_port(primary);
  t.at(30s).answering(primary);
  t.at(40s).open_port(primary);
  const OnePhone one(t);
  const auto& outages = one.journal.outages();
  ASSERT_EQ(outages.size(), 1U);
  EXPECT_EQ(outages[0].until, epoch + 40s);
  EXPECT_TRUE(outages[0].port_closed);
}

TEST(Outages, come_again) {
  TraceBuilder t;
  t.at(10s).silent(primary);
  t.at(20s).answering(primary);
  t.at(30s).silent(primary);
  t.at(40s).answering(primary);
  EXPECT_EQ(OnePhone(t).journal.outages().size(), 2U);
}

TEST(Outages, are_unknown_without_a_journal) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.at(10s).silent(primary);
  t.without_journal();
  EXPECT_TRUE(OnePhone(t).journal.outages().empty());
}

TEST(Outages, without_a_journal_are_what_requests_show) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.silent_invite(primary, 10s);
  t.registration(primary, 90s);
  t.ends(200s);
  t.without_journal();
  const OnePhone one(t);
  const auto& seen = outages(one.phone, primary);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].from, epoch + 10s);
  EXPECT_GT(seen[0].until, epoch + 90s) << "its next answer";
  EXPECT_TRUE(seen[0].recovered);
  EXPECT_FALSE(seen[0].is_exact);
  EXPECT_TRUE(is_out(one.phone, primary, epoch + 60s));
  EXPECT_FALSE(is_out(one.phone, primary, epoch + 100s));
  EXPECT_TRUE(outages(one.phone, secondary).empty());
}

TEST(Outages, are_not_shown_by_a_request_that_the_capture_does_not_follow_to_its_end) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.silent_invite(primary, 10s);
  t.ends(41s);
  t.without_journal();
  EXPECT_TRUE(outages(OnePhone(t).phone, primary).empty());
}

TEST(Outages, are_shown_by_a_connection_that_never_opens) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.over(Transport::tcp).at(10s).from_device(primary).stream_event(capture::StreamEvent::syn);
  t.ends(100s);
  t.without_journal();
  const OnePhone one(t);
  ASSERT_EQ(outages(one.phone, primary).size(), 1U);
  EXPECT_EQ(outages(one.phone, primary)[0].from, epoch + 10s);
}

}  // namespace
}  // namespace sipharness::observed
