#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "tests/support/trace_builder.hpp"

namespace sipharness::trace {
namespace {

using test_support::epoch;
using test_support::primary;
using test_support::TraceBuilder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

journal::PacketName name_of(const Message& message) {
  return {message.transport, message.source, message.destination, fnv1a(message.sip.bytes()), 0};
}

TEST(JournalResolution, marks_the_copy_that_was_ignored) {
  TraceBuilder t;
  const auto asked = t.at(1s).from_device(primary).request("REGISTER");
  t.at(1010ms).to_device(primary).response(200);
  const auto copy = t.at(5s).repeat(asked);
  t.ignored(copy);
  const Trace trace = t.build();
  ASSERT_EQ(trace.messages.size(), 3U);
  EXPECT_FALSE(trace.messages[0].ignored);
  EXPECT_TRUE(trace.messages[2].ignored);
  EXPECT_TRUE(trace.health.complete());
}

TEST(JournalResolution, marks_every_copy_that_was_ignored) {
  TraceBuilder t;
  const auto invite = t.silent_invite(primary, 1s);
  for (auto copy = invite; copy < invite + 7; ++copy) t.ignored(copy);
  const Trace trace = t.build();
  for (const Message& message : trace.messages) EXPECT_TRUE(message.ignored);
  EXPECT_TRUE(trace.health.complete());
}

TEST(Health, a_network_that_was_taken_away_explains_what_is_missing) {
  TraceBuilder t;
  t.registration(primary, 1s);
  const Trace seen = t.build();
  t.at(2s).entry(journal::Network{"eth0", false, "the interface eth0 has no carrier"});
  t.at(3s).entry(journal::Sent{"primary", name_of(seen.messages[1])});
  t.at(4s).entry(journal::Sent{"primary", name_of(seen.messages[1])});
  t.at(5s).entry(journal::Network{"eth0", true, ""});
  const Trace trace = t.build();
  ASSERT_EQ(trace.health.faults.size(), 2U);
  EXPECT_EQ(trace.health.texts()[0], "the interface eth0 has no carrier (at 2.000 s)");
}

TEST(JournalResolution, ignored_garbage_is_found_too) {
  TraceBuilder t;
  t.ignored(t.at(1s).from_device(primary).raw("garbage"));
  EXPECT_TRUE(t.build().health.complete());
}

TEST(JournalResolution, what_a_rule_rewrote_is_known_by_its_frame) {
  TraceBuilder t;
  t.registration(primary, 1s);
  const Trace seen = t.build();
  t.at(1005ms).entry(journal::Sent{"primary", name_of(seen.messages[1]), "Contact, body"});
  EXPECT_THAT(t.build().rewritten,
              ElementsAre(testing::Pair(seen.messages[1].frame, "Contact, body")));
}

TEST(JournalResolution, a_send_that_the_capture_lacks_is_a_fault) {
  TraceBuilder t;
  t.registration(primary, 1s);
  const Trace seen = t.build();
  journal::PacketName name = name_of(seen.messages[1]);
  t.at(1005ms).entry(journal::Sent{"primary", name});
  EXPECT_TRUE(t.build().health.complete());
  t.at(2s).entry(journal::Sent{"primary", name});
  EXPECT_THAT(t.build().health.texts(),
              ElementsAre("a send of primary that the journal records is missing from the capture "
                          "(at 2.000 s)"));
  t.at(3s).entry(journal::Sent{"primary", name});
  EXPECT_THAT(t.build().health.texts(), ElementsAre(HasSubstr("2 times a send of primary")));
}

TEST(JournalResolution, a_send_to_somebody_else_that_the_capture_lacks_is_no_fault) {
  TraceBuilder t;
  t.registration(primary, 1s);
  journal::PacketName name = name_of(t.build().messages[1]);
  name.destination = *Endpoint::parse("127.0.0.2:5062");
  t.at(2s).entry(journal::Sent{"primary", name});
  EXPECT_TRUE(t.build().health.complete());
}

TEST(JournalResolution, an_ignored_datagram_that_the_capture_lacks_is_a_fault) {
  TraceBuilder t;
  t.registration(primary, 1s);
  const Trace seen = t.build();
  journal::PacketName name = name_of(seen.messages[0]);
  name.digest ^= 1U;
  t.at(1s).entry(journal::Ignored{"primary", "rule", name});
  EXPECT_THAT(t.build().health.texts(), ElementsAre(HasSubstr("a datagram ignored by primary")));
}

TEST(JournalResolution, takes_no_answer_to_a_device_that_is_being_stopped_for_a_part_of_the_run) {
  TraceBuilder t;
  t.registration(primary, 1s);
  journal::PacketName name = name_of(t.build().messages[1]);
  name.digest ^= 1U;
  t.at(10s).entry(journal::Ended{"completed"});
  t.at(11s).entry(journal::Sent{"primary", name});
  const Trace trace = t.build();
  EXPECT_TRUE(trace.health.complete());
  EXPECT_TRUE(trace.ended);
  EXPECT_TRUE(std::holds_alternative<journal::Ended>(trace.journal.back().event));
}

TEST(Health, of_a_whole_run_is_complete) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  const Trace trace = t.build();
  EXPECT_THAT(trace.health.texts(), IsEmpty());
  EXPECT_TRUE(trace.ended);
}

TEST(Health, of_a_foreign_capture_needs_no_journal) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.without_journal();
  const Trace trace = t.build();
  EXPECT_THAT(trace.health.texts(), IsEmpty());
  EXPECT_TRUE(trace.ended);
  EXPECT_FALSE(trace.has_journal());
}

struct FaultCase {
  const char* name;
  void (*spoil)(TraceBuilder&);
  const char* fault;
};

TEST(Health, names_every_fault) {
  const FaultCase cases[] = {
      {"truncated", [](TraceBuilder& t) { t.truncated_frame(); },
       "1 packet from 127.0.0.1:5062 to 127.0.0.11:5070 cut"},
      {"dropped", [](TraceBuilder& t) { t.dropped(3); }, "the capture lost 3 frames"},
      {"killed", [](TraceBuilder& t) { t.without_end(); }, "the journal ends before the run did"},
      {"file", [](TraceBuilder& t) { t.fault("c.pcap: frame 9: cut"); }, "c.pcap: frame 9: cut"},
      {"clock step",
       [](TraceBuilder& t) {
         t.at(1s).entry(journal::Clock{epoch + 1s, 100s});
         t.at(2s).entry(journal::Clock{epoch + 2s + 2ms, 101s});
       },
       "the capture's clock stepped by 0.002 s at 1.000 s"},
      {"clock step back",
       [](TraceBuilder& t) {
         t.at(1s).entry(journal::Clock{epoch + 1s, 100s});
         t.at(2s).entry(journal::Clock{epoch + 1s, 101s});
       },
       "stepped by -1.000 s"},
  };
  for (const FaultCase& one : cases) {
    SCOPED_TRACE(one.name);
    TraceBuilder t;
    t.registration(primary, 0s);
    one.spoil(t);
    EXPECT_THAT(t.build().health.texts(), ElementsAre(HasSubstr(one.fault)));
  }
}

TEST(Health, a_fault_concerns_a_server_and_a_time) {
  const Fault gap{.text = "a gap", .server = primary, .from = epoch + 10s, .until = epoch + 12s};
  EXPECT_TRUE(concerns(gap, primary, {}));
  EXPECT_TRUE(concerns(gap, ServerRole::none, {}));
  EXPECT_FALSE(concerns(gap, ServerRole::secondary, {}));
  EXPECT_FALSE(concerns(gap, primary, {.until = epoch + 9s}));
  EXPECT_FALSE(concerns(gap, primary, {.from = epoch + 13s}));
  EXPECT_TRUE(concerns(gap, primary, {.from = epoch + 11s, .until = epoch + 20s}));
  EXPECT_TRUE(concerns({.text = "everything"}, ServerRole::secondary, {}));
}

TEST(Health, what_is_cut_concerns_the_server_that_it_went_to) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.truncated_frame();
  const Trace trace = t.build();
  ASSERT_EQ(trace.health.faults.size(), 1U);
  EXPECT_EQ(trace.health.faults.front().server, primary);
}

TEST(Health, what_is_cut_of_somebody_else_is_no_fault_of_a_run) {
  for (const bool is_run : {false, true}) {
    TraceBuilder t;
    t.healthy_registrations(0s);
    t.device("x", *Endpoint::parse("127.0.0.2:5062")).truncated_frame();
    if (!is_run) t.without_journal();
    EXPECT_EQ(t.build().health.complete(), is_run);
  }
}

TEST(Health, a_clock_that_drifts_by_less_than_a_millisecond_is_fine) {
  TraceBuilder t;
  t.at(1s).entry(journal::Clock{epoch + 1s, 100s});
  t.at(2s).entry(journal::Clock{epoch + 2s + 900us, 101s});
  EXPECT_THAT(t.build().health.texts(), IsEmpty());
}

TEST(TraceTime, runs_to_the_end_of_the_journal) {
  TraceBuilder t;
  t.registration(primary, 1s);
  t.ends(90s);
  const Trace trace = t.build();
  EXPECT_EQ(trace.first, epoch + 1s);
  EXPECT_EQ(trace.last, epoch + 90s);
}

}  // namespace
}  // namespace sipharness::trace
