// What the users of client transactions see: matching, events, ACK, the ends.

#include <gtest/gtest.h>

#include "tests/harness/sip/transaction/bench.hpp"

namespace sipharness::sip {
namespace {

const std::string invite = request_text({.method = "INVITE"});

TEST(ClientTransactions, deliver_provisionals_and_one_final_response) {
  TransactionBench bench;
  bench.start(invite);
  bench.receive_at(1ms, response_text(invite, 100));
  bench.receive_at(2ms, response_text(invite, 180));
  bench.receive_at(3ms, response_text(invite, 486));
  bench.receive_at(4ms, response_text(invite, 486));
  EXPECT_EQ(bench.responses,
            (std::vector<std::pair<Duration, int>>{{1ms, 100}, {2ms, 180}, {3ms, 486}}));
  EXPECT_TRUE(bench.strays.empty());
}

TEST(ClientTransactions, deliver_every_2xx_to_an_invite_for_64_t1) {
  TransactionBench bench;
  bench.start(invite);
  for (const Duration at : {Duration(1s), Duration(2s), Duration(32999ms)}) {
    bench.receive_at(at, response_text(invite, 200));
  }
  EXPECT_EQ(bench.responses.size(), 3u);
  bench.receive_at(33001ms, response_text(invite, 200));
  EXPECT_EQ(bench.responses.size(), 3u);
  EXPECT_EQ(bench.strays, std::vector<int>{200});
  EXPECT_EQ(bench.sent.size(), 2u) << "no ACK: that is the user's";
}

TEST(ClientTransactions, take_a_final_response_after_timer_b_for_a_stray) {
  TransactionBench bench;
  bench.start(invite);
  bench.receive_at(33s, response_text(invite, 200));
  EXPECT_EQ(bench.failures.size(), 1u);
  EXPECT_TRUE(bench.responses.empty());
  EXPECT_EQ(bench.strays, std::vector<int>{200});
}

TEST(ClientTransactions, acknowledge_a_non_2xx_as_section_17_1_1_3_says) {
  TransactionBench bench;
  const auto routed =
      request_text({.method = "INVITE", .extra = "Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\n"});
  bench.start(routed);
  bench.receive_at(1ms, response_text(routed, 503, "busy"));
  ASSERT_EQ(bench.sent.size(), 2u);
  EXPECT_EQ(bench.sent[1].hop, bench.sent[0].hop);
  EXPECT_EQ(bench.sent[1].bytes,
            "ACK sip:example.test SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 127.0.0.2:5062;branch=z9hG4bK1\r\n"
            "Max-Forwards: 70\r\n"
            "Route: <sip:p1;lr>\r\n"
            "Route: <sip:p2;lr>\r\n"
            "From: \"A, b\" <sip:1001@example.test>;tag=from1\r\n"
            "To: <sip:1001@example.test>;tag=busy\r\n"
            "Call-ID: call-1\r\n"
            "CSeq: 7 ACK\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(ClientTransactions, are_matched_by_branch_sent_by_and_method) {
  struct Case {
    const char* name;
    RequestText answered;
    bool matches;
  };
  const Case cases[] = {
      {"the same", {.sent_by = "host.test:5062"}, true},
      {"sent-by in other letters", {.sent_by = "HOST.test:5062"}, true},
      {"another branch", {.branch = "z9hG4bK2", .sent_by = "host.test:5062"}, false},
      {"another sent-by", {.sent_by = "127.0.0.3:5062"}, false},
      {"another method", {.method = "OPTIONS", .sent_by = "host.test:5062"}, false},
  };
  for (const auto& [name, answered, matches] : cases) {
    TransactionBench bench;
    bench.start(request_text({.sent_by = "host.test:5062"}));
    bench.receive(response_text(request_text(answered), 200));
    EXPECT_EQ(bench.responses.size(), matches ? 1u : 0u) << name;
    EXPECT_EQ(bench.strays.size(), matches ? 0u : 1u) << name;
  }
}

TEST(ClientTransactions, go_on_repeating_after_a_response_to_another_sent_by) {
  TransactionBench bench;
  bench.start(request_text());
  bench.receive_at(1ms, response_text(request_text({.sent_by = "127.0.0.9:5062"}), 200));
  bench.run_to(600ms);
  EXPECT_EQ(bench.sent.size(), 2u);
}

TEST(ClientTransactions, keep_cancel_apart_from_its_invite) {
  TransactionBench bench;
  bench.start(invite);
  bench.receive_at(1ms, response_text(invite, 180));
  const auto cancel = request_text({.method = "CANCEL"});
  bench.start(cancel);
  bench.receive_at(2ms, response_text(cancel, 200));
  bench.receive_at(3ms, response_text(invite, 487));
  EXPECT_EQ(bench.responses,
            (std::vector<std::pair<Duration, int>>{{1ms, 180}, {2ms, 200}, {3ms, 487}}));
}

TEST(ClientTransactions, fail_with_their_transport_and_only_with_theirs) {
  TransactionBench bench;
  bench.start(invite);
  bench.layer->transport_failed({Transport::tcp, phone, server});
  bench.layer->transport_failed({Transport::udp, phone, phone});
  EXPECT_TRUE(bench.failures.empty());
  bench.layer->transport_failed({Transport::udp, phone, server});
  ASSERT_EQ(bench.failures.size(), 1u);
  EXPECT_EQ(bench.failures[0].second, ClientFailure::transport_failed);
  bench.run_to(40s);
  EXPECT_EQ(bench.sent.size(), 1u);
  EXPECT_EQ(bench.failures.size(), 1u);
}

TEST(ClientTransactions, beyond_their_limit_send_nothing_and_fail_later) {
  constexpr std::size_t limit = 1U << 14U;
  TransactionBench bench;
  for (std::size_t i = 0; i < limit; ++i) bench.start(request_text({.method = "NOTIFY"}));
  const ClientId abandoned = bench.start(invite);
  bench.start(invite);
  bench.layer->abandon(abandoned);
  EXPECT_TRUE(bench.failures.empty()) << "not from inside start()";
  bench.run_to(1ms);
  EXPECT_EQ(bench.sent.size(), limit);
  ASSERT_EQ(bench.failures.size(), 1u);
  EXPECT_EQ(bench.failures[0].second, ClientFailure::transport_failed);
}

TEST(ClientTransactions, report_no_transport_failure_after_a_final_response) {
  TransactionBench bench;
  bench.start(invite);
  bench.receive(response_text(invite, 486));
  bench.layer->transport_failed({Transport::udp, phone, server});
  EXPECT_TRUE(bench.failures.empty());
}

TEST(ClientTransactions, go_on_silently_when_abandoned) {
  TransactionBench bench;
  const ClientId id = bench.start(invite);
  bench.layer->abandon(id);
  bench.receive_at(600ms, response_text(invite, 486));
  bench.run_to(40s);
  EXPECT_EQ(bench.sent.size(), 3u) << "INVITE twice, ACK";
  EXPECT_TRUE(bench.responses.empty());
  EXPECT_TRUE(bench.strays.empty());
}

TEST(ClientTransactions, end_at_once_when_forgotten) {
  TransactionBench bench;
  const ClientId id = bench.start(invite);
  bench.layer->forget(id);
  bench.receive_at(600ms, response_text(invite, 200));
  bench.run_to(40s);
  EXPECT_EQ(bench.sent.size(), 1u);
  EXPECT_EQ(bench.strays, std::vector<int>{200});
  EXPECT_TRUE(bench.failures.empty());
  bench.layer->forget(id);
  bench.layer->abandon(id);
}

TEST(ClientTransactions, may_be_forgotten_and_replaced_from_their_own_events) {
  TransactionBench bench;
  ClientId first;
  int failures = 0;
  const Hop hop{Transport::udp, phone, server};
  first = bench.layer->start(request_text(), hop,
                             {.on_response =
                                  [&](const MessageView&) {
                                    bench.layer->forget(first);
                                    bench.start(request_text({.branch = "z9hG4bK2"}));
                                  },
                              .on_failure = [&](ClientFailure) { ++failures; }});
  bench.receive_at(100ms, response_text(request_text(), 100));
  bench.run_to(40s);
  EXPECT_EQ(bench.sent.size(), 12u) << "the first once, the second eleven times";
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(bench.failures.size(), 1u);
}

TEST(ClientTransactions, change_a_repeated_request_when_that_is_their_quirk) {
  TransactionLayer::Options options;
  options.client_quirks.alter_retransmission = [](std::string request, int transmission) {
    return request + "repeat " + std::to_string(transmission);
  };
  TransactionBench bench(options);
  bench.start(request_text());
  bench.run_to(1500ms);
  ASSERT_EQ(bench.sent.size(), 3u);
  EXPECT_EQ(bench.sent[0].bytes, request_text());
  EXPECT_EQ(bench.sent[1].bytes, request_text() + "repeat 1");
  EXPECT_EQ(bench.sent[2].bytes, request_text() + "repeat 2");
}

TEST(ClientTransactions, give_up_early_when_repeats_are_limited) {
  TransactionLayer::Options options;
  options.client_quirks.max_retransmissions = 2;
  TransactionBench bench(options);
  bench.start(invite);
  bench.run_to(40s);
  EXPECT_EQ(bench.send_times(), (std::vector<Duration>{0ms, 500ms, 1500ms}));
  ASSERT_EQ(bench.failures.size(), 1u);
  EXPECT_EQ(bench.failures[0].first, 3500ms) << "T1 * (2^(k+1) - 1)";
}

TEST(ClientTransactions, ignore_what_is_not_usable) {
  TransactionBench bench;
  bench.start(request_text());
  bench.receive("SIP/2.0 200 OK\r\n\r\n");
  bench.receive("nonsense");
  EXPECT_TRUE(bench.responses.empty());
  EXPECT_TRUE(bench.strays.empty());
}

TEST(ClientTransactionsDeathTest, refuse_an_ack) {
  TransactionBench bench;
  EXPECT_DEATH(bench.start(request_text({.method = "ACK"})), "ack");
}

}  // namespace
}  // namespace sipharness::sip
