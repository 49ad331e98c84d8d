#include <gtest/gtest.h>

#include "harness/observed/journal_facts.hpp"
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
  EXPECT_FALSE(one.journal.is_out(primary, epoch + 9s));
  EXPECT_TRUE(one.journal.is_out(primary, epoch + 10s));
  EXPECT_FALSE(one.journal.is_out(primary, epoch + 50s));
  EXPECT_FALSE(one.journal.is_out(secondary, epoch + 20s));
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
  EXPECT_TRUE(one.journal.is_out(secondary, epoch + 100s));
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

}  // namespace
}  // namespace sipharness::observed
