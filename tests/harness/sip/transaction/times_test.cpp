// The time tables of requirements.md §6, to the nanosecond.

#include <gtest/gtest.h>

#include "harness/sip/transaction/reliable_2xx.hpp"
#include "tests/harness/sip/transaction/bench.hpp"

namespace sipharness::sip {
namespace {

using Times = std::vector<Duration>;
using Failures = std::vector<std::pair<Duration, ClientFailure>>;

/// `listed`, then every `period` up to and including `last`.
Times and_then_every(Times listed, Duration period, Duration last) {
  while (listed.back() < last) listed.push_back(listed.back() + period);
  return listed;
}

const Times table_4 = and_then_every({0ms, 500ms, 1500ms, 3500ms, 7500ms}, 4s, 31500ms);

struct Row {
  const char* name;
  Timers timers;
  Times sends;
  Duration timeout;
};

const Row table_1[] = {
    {"0.5/4", {500ms, 4s, 5s}, table_4, 32s},
    {"0.5/2", {500ms, 2s, 5s}, and_then_every({0ms, 500ms, 1500ms, 3500ms}, 2s, 31500ms), 32s},
    {"0.5/8",
     {500ms, 8s, 5s},
     {0ms, 500ms, 1500ms, 3500ms, 7500ms, 15500ms, 23500ms, 31500ms},
     32s},
    {"1/4", {1s, 4s, 5s}, and_then_every({0s, 1s, 3s, 7s}, 4s, 63s), 64s},
    {"1/8", {1s, 8s, 5s}, and_then_every({0s, 1s, 3s, 7s, 15s}, 8s, 63s), 64s},
    {"2/4", {2s, 4s, 5s}, and_then_every({0s, 2s, 6s}, 4s, 126s), 128s},
};

TEST(TransactionTimes, table_1_non_invite_over_udp_without_a_response) {
  for (const Row& row : table_1) {
    TransactionBench bench({.timers = row.timers});
    bench.start(request_text());
    bench.run_to(300s);
    EXPECT_EQ(bench.send_times(), row.sends) << row.name;
    EXPECT_EQ(bench.failures, (Failures{{row.timeout, ClientFailure::timed_out}})) << row.name;
  }
}

TEST(TransactionTimes, table_1_has_the_catalogue_s_numbers_of_sends) {
  const std::size_t sends[] = {11, 18, 8, 18, 11, 33};
  for (std::size_t i = 0; i < std::size(table_1); ++i) {
    EXPECT_EQ(table_1[i].sends.size(), sends[i]) << table_1[i].name;
  }
}

TEST(TransactionTimes, table_2_invite_over_udp_without_a_response) {
  const Row table_2[] = {
      {"0.5", {500ms, 4s, 5s}, {0ms, 500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms}, 32s},
      {"1", {1s, 4s, 5s}, {0s, 1s, 3s, 7s, 15s, 31s, 63s}, 64s},
      {"2", {2s, 4s, 5s}, {0s, 2s, 6s, 14s, 30s, 62s, 126s}, 128s},
      {"T2 is no cap",
       {500ms, 1s, 5s},
       {0ms, 500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms},
       32s},
  };
  for (const Row& row : table_2) {
    TransactionBench bench({.timers = row.timers});
    bench.start(request_text({.method = "INVITE"}));
    bench.run_to(300s);
    EXPECT_EQ(bench.send_times(), row.sends) << row.name;
    EXPECT_EQ(bench.failures, (Failures{{row.timeout, ClientFailure::timed_out}})) << row.name;
  }
}

TEST(TransactionTimes, table_3_non_invite_with_a_provisional) {
  struct Case {
    const char* name;
    Duration provisional;
    Times sends;
  };
  const Case cases[] = {
      {"at 0.2", 200ms, and_then_every({0ms, 500ms}, 4s, 28500ms)},
      {"at 0.7", 700ms, and_then_every({0ms, 500ms, 1500ms}, 4s, 29500ms)},
      {"at 1.6: E armed for 3.5, then T2", 1600ms,
       and_then_every({0ms, 500ms, 1500ms, 3500ms}, 4s, 31500ms)},
      {"at 3.6: as without", 3600ms, table_4},
  };
  for (const auto& [name, provisional, sends] : cases) {
    TransactionBench bench;
    bench.start(request_text());
    bench.receive_at(provisional, response_text(request_text(), 100));
    bench.run_to(300s);
    EXPECT_EQ(bench.send_times(), sends) << name;
    EXPECT_EQ(bench.failures, (Failures{{32s, ClientFailure::timed_out}})) << name;
  }
}

TEST(TransactionTimes, a_provisional_ends_timers_a_and_b_of_an_invite) {
  TransactionBench bench;
  const auto invite = request_text({.method = "INVITE"});
  bench.start(invite);
  bench.receive_at(700ms, response_text(invite, 100));
  bench.run_to(1h);
  EXPECT_EQ(bench.send_times(), (Times{0ms, 500ms}));
  EXPECT_TRUE(bench.failures.empty());
}

TEST(TransactionTimes, over_tcp_a_request_is_sent_once_and_times_out_all_the_same) {
  for (const char* method : {"INVITE", "REGISTER"}) {
    TransactionBench bench;
    bench.start(request_text({.method = method}), Transport::tcp);
    bench.run_to(300s);
    EXPECT_EQ(bench.send_times(), (Times{0s})) << method;
    EXPECT_EQ(bench.failures, (Failures{{32s, ClientFailure::timed_out}})) << method;
  }
}

TEST(TransactionTimes, table_4_final_response_to_invite_without_ack) {
  for (const Row& row : table_1) {
    TransactionBench bench({.timers = row.timers});
    const auto invite = request_text({.method = "INVITE"});
    bench.receive(invite);
    bench.requests.at(0)->respond(response_text(invite, 486));
    bench.run_to(300s);
    EXPECT_EQ(bench.send_times(), row.sends) << row.name;
    EXPECT_EQ(bench.confirmed, (std::vector<std::pair<Duration, bool>>{{row.timeout, false}}))
        << row.name;
  }
}

TEST(TransactionTimes, table_4_over_tcp_sends_once_and_gives_up_all_the_same) {
  TransactionBench bench;
  const auto invite = request_text({.method = "INVITE"});
  bench.receive(invite, Transport::tcp);
  bench.requests.at(0)->respond(response_text(invite, 486));
  bench.run_to(300s);
  EXPECT_EQ(bench.send_times(), (Times{0s}));
  EXPECT_EQ(bench.confirmed, (std::vector<std::pair<Duration, bool>>{{32s, false}}));
}

TEST(TransactionTimes, table_5_a_2xx_without_ack) {
  for (const Row& row : table_1) {
    world_sim::SimulatedWorld world;
    Times resent{0s};
    Times given_up;
    Reliable2xx reliable(world,
                         {.timers = row.timers,
                          .resend = [&] { resent.push_back(world.now() - TimePoint{}); },
                          .on_give_up = [&] { given_up.push_back(world.now() - TimePoint{}); }});
    world.run(TimePoint{} + 300s);
    EXPECT_EQ(resent, row.sends) << row.name;
    EXPECT_EQ(given_up, (Times{row.timeout})) << row.name;
  }
}

TEST(TransactionTimes, an_acknowledged_2xx_is_not_sent_again) {
  world_sim::SimulatedWorld world;
  int calls = 0;
  Reliable2xx reliable(world, {.resend = [&] { ++calls; }, .on_give_up = [&] { ++calls; }});
  world.run(TimePoint{} + 600ms);
  reliable.stop();
  world.run(TimePoint{} + 300s);
  EXPECT_EQ(calls, 1);
}

TEST(TransactionTimes, table_6_an_ended_transaction_answers_repeats_for_its_time_only) {
  TransactionBench bench;
  const auto options = request_text({.method = "OPTIONS"});
  bench.receive(options);
  bench.requests.at(0)->respond(response_text(options, 200));
  for (const Duration at : {Duration(1s), Duration(10s), Duration(31999ms)}) {
    bench.receive_at(at, options);
    EXPECT_EQ(bench.sent.back().at, at);
    EXPECT_EQ(bench.sent.back().bytes, bench.sent.front().bytes);
  }
  EXPECT_EQ(bench.requests.size(), 1u);
  bench.receive_at(40s, options);
  EXPECT_EQ(bench.requests.size(), 2u) << "Timer J is over";
}

TEST(TransactionTimes, table_6_a_non_2xx_is_acknowledged_for_32_s) {
  TransactionBench bench;
  const auto invite = request_text({.method = "INVITE"});
  bench.start(invite);
  for (const Duration at : {Duration(1s), Duration(2s), Duration(32999ms)}) {
    bench.receive_at(at, response_text(invite, 486));
  }
  EXPECT_EQ(bench.send_times(), (Times{0s, 500ms, 1s, 2s, 32999ms}));
  EXPECT_EQ(bench.responses.size(), 1u);
  bench.receive_at(33001ms, response_text(invite, 486));
  EXPECT_EQ(bench.strays, std::vector<int>{486}) << "Timer D is over";
}

TEST(TransactionTimes, table_6_repeated_responses_are_absorbed_for_t4) {
  TransactionBench bench;
  bench.start(request_text());
  bench.receive_at(100ms, response_text(request_text(), 200));
  bench.receive_at(5000ms, response_text(request_text(), 200));
  EXPECT_EQ(bench.responses.size(), 1u);
  EXPECT_TRUE(bench.strays.empty());
  bench.receive_at(5200ms, response_text(request_text(), 200));
  EXPECT_EQ(bench.strays, std::vector<int>{200}) << "Timer K is over";
}

TEST(TransactionTimes, the_100_comes_after_200_ms_unless_there_was_an_answer) {
  const auto invite = request_text({.method = "INVITE"});
  TransactionBench silent;
  silent.receive(invite);
  silent.run_to(10s);
  ASSERT_EQ(silent.send_times(), (Times{200ms}));
  EXPECT_EQ(MessageView::parse(silent.sent[0].bytes).status(), 100);

  TransactionBench prompt;
  prompt.receive(invite);
  prompt.requests.at(0)->respond(response_text(invite, 180));
  prompt.run_to(10s);
  EXPECT_EQ(prompt.send_times(), (Times{0s}));

  TransactionBench told_not_to({.auto_trying = false});
  told_not_to.receive(invite);
  told_not_to.run_to(10s);
  EXPECT_TRUE(told_not_to.sent.empty());
}

}  // namespace
}  // namespace sipharness::sip
