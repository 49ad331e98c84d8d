// What the users of server transactions see: absorbed repeats, ACK and CANCEL, where answers go.

#include <gtest/gtest.h>

#include "harness/sip/transaction/requests.hpp"
#include "tests/harness/sip/transaction/bench.hpp"

namespace sipharness::sip {
namespace {

using Confirmed = std::vector<std::pair<Duration, bool>>;

const std::string invite = request_text({.method = "INVITE"});

TEST(ServerTransactions, absorb_a_repeated_request_that_is_not_answered_yet) {
  TransactionBench bench;
  bench.receive(request_text());
  bench.receive(request_text());
  EXPECT_EQ(bench.requests.size(), 1u);
  EXPECT_TRUE(bench.sent.empty());
  EXPECT_TRUE(bench.requests[0]->awaits_final());
}

TEST(ServerTransactions, answer_a_repeated_request_with_the_last_response) {
  TransactionBench bench;
  bench.receive(invite);
  bench.requests.at(0)->respond(response_text(invite, 180));
  bench.receive(invite);
  bench.requests.at(0)->respond(response_text(invite, 486));
  EXPECT_FALSE(bench.requests.at(0)->awaits_final());
  bench.receive(invite);
  std::vector<int> statuses;
  for (const auto& sent : bench.sent) statuses.push_back(MessageView::parse(sent.bytes).status());
  EXPECT_EQ(statuses, (std::vector<int>{180, 180, 486, 486}));
}

TEST(ServerTransactions, stop_repeating_at_the_ack_and_absorb_its_repeats) {
  TransactionBench bench;
  bench.receive(invite);
  const auto response = response_text(invite, 486);
  bench.requests.at(0)->respond(response);
  const auto ack = make_failure_ack(MessageView::parse(invite), MessageView::parse(response));
  bench.receive_at(600ms, ack);
  bench.receive_at(700ms, ack);
  bench.receive_at(800ms, invite);
  bench.run_to(5500ms);
  EXPECT_EQ(bench.sent.size(), 2u);
  EXPECT_EQ(bench.confirmed, (Confirmed{{600ms, true}}));
  EXPECT_TRUE(bench.acks.empty());
  bench.receive_at(6s, ack);
  EXPECT_EQ(bench.acks.size(), 1u) << "Timer I is over";
}

TEST(ServerTransactions, absorb_repeats_of_an_accepted_invite_and_pass_on_the_ack) {
  TransactionBench bench;
  bench.receive(invite);
  bench.requests.at(0)->respond(response_text(invite, 200));
  bench.receive_at(1s, invite);
  EXPECT_EQ(bench.requests.size(), 1u);
  EXPECT_EQ(bench.sent.size(), 1u);
  bench.requests.at(0)->respond(response_text(invite, 200));
  EXPECT_EQ(bench.sent.size(), 2u) << "the user repeats the 2xx";
  bench.receive(request_text({.method = "ACK", .branch = "z9hG4bKother", .to_tag = "to1"}));
  bench.receive(request_text({.method = "ACK", .to_tag = "to1"}));
  EXPECT_EQ(bench.acks.size(), 2u) << "with a branch of its own, or with the INVITE's";
  bench.receive_at(33s, invite);
  EXPECT_EQ(bench.requests.size(), 2u) << "Timer L is over";
}

TEST(ServerTransactions, hand_a_cancel_to_the_user_as_a_request_of_its_own) {
  TransactionBench bench;
  bench.receive(invite);
  const auto cancel = make_cancel(MessageView::parse(invite));
  bench.receive(cancel);
  ASSERT_EQ(bench.requests.size(), 2u);
  EXPECT_EQ(bench.requests[1]->request().method(), Method::cancel);
  EXPECT_EQ(bench.requests[1]->request().via().branch, bench.requests[0]->request().via().branch);
  bench.requests[1]->respond(response_text(cancel, 200));
  bench.requests[0]->respond(response_text(invite, 487));
  EXPECT_EQ(bench.sent.size(), 2u);
}

TEST(ServerTransactions, tell_requests_without_the_magic_cookie_apart_by_more_than_branch) {
  TransactionBench bench;
  const RequestText old{.method = "INVITE", .branch = "1"};
  bench.receive(request_text(old));
  bench.receive(request_text(old));
  EXPECT_EQ(bench.requests.size(), 1u);
  bench.receive(request_text({.method = "INVITE", .branch = "1", .cseq = "8"}));
  EXPECT_EQ(bench.requests.size(), 2u);
  bench.requests[0]->respond(response_text(request_text(old), 486));
  bench.receive(request_text({.method = "ACK", .branch = "1", .to_tag = "to1"}));
  EXPECT_EQ(bench.confirmed, (Confirmed{{0s, true}}));
}

TEST(ServerTransactions, send_back_to_the_sent_by_port_or_to_the_source_port_with_rport) {
  const Endpoint nat = *Endpoint::parse("127.0.0.2:40000");
  struct Case {
    const char* name;
    const char* sent_by;
    const char* to;
    const char* via;
  };
  const Case cases[] = {
      {"sent-by port", "127.0.0.2:5062", "127.0.0.2:5062", "127.0.0.2:5062;branch=z9hG4bK1"},
      {"no port", "127.0.0.2", "127.0.0.2:5060", "127.0.0.2;branch=z9hG4bK1"},
      {"rport", "127.0.0.2:5062;rport", "127.0.0.2:40000",
       "127.0.0.2:5062;rport=40000;branch=z9hG4bK1;received=127.0.0.2"},
      {"a name", "phone.test:5062", "127.0.0.2:5062",
       "phone.test:5062;branch=z9hG4bK1;received=127.0.0.2"},
  };
  for (const auto& [name, sent_by, to, via] : cases) {
    TransactionBench bench;
    const auto request = request_text({.sent_by = sent_by});
    bench.layer->receive(MessageView::parse(request), {Transport::udp, server, nat});
    const auto& transaction = *bench.requests.at(0);
    EXPECT_EQ(transaction.hop().remote, nat) << name;
    bench.requests[0]->respond(transaction.response(200, "t").str());
    ASSERT_EQ(bench.sent.size(), 1u) << name;
    EXPECT_EQ(bench.sent[0].hop.remote.text(), to) << name;
    const auto response = MessageView::parse(bench.sent[0].bytes);
    EXPECT_EQ(response.header(HeaderId::via), "SIP/2.0/UDP " + std::string(via)) << name;
  }
}

TEST(ServerTransactions, answer_nothing_once_they_ended_or_their_layer_is_gone) {
  TransactionBench bench;
  bench.receive(request_text(), Transport::tcp);
  bench.requests.at(0)->respond(response_text(request_text(), 200));
  bench.requests.at(0)->respond(response_text(request_text(), 200));
  EXPECT_EQ(bench.sent.size(), 1u);
  bench.receive(invite);
  bench.layer.reset();
  bench.requests.at(1)->respond(response_text(invite, 200));
  bench.run_to(10s);
  EXPECT_EQ(bench.sent.size(), 1u);
}

TEST(ServerTransactions, keep_the_request_for_whoever_holds_them) {
  TransactionBench bench;
  bench.receive(std::string(request_text()));
  const auto& held = *bench.requests.at(0);
  EXPECT_EQ(held.request().bytes(), request_text());
  bench.requests[0]->respond(held.response(200, "t").str());
  bench.receive(request_text());
  EXPECT_EQ(bench.sent.size(), 2u);
  EXPECT_EQ(held.request().bytes(), request_text());
}

TEST(ServerTransactions, give_one_final_response) {
  TransactionBench bench;
  bench.receive(request_text());
  bench.requests.at(0)->respond(response_text(request_text(), 403));
  bench.requests.at(0)->respond(response_text(request_text(), 200));
  bench.receive(request_text());
  ASSERT_EQ(bench.sent.size(), 2u);
  EXPECT_EQ(MessageView::parse(bench.sent[1].bytes).status(), 403);
}

TEST(ServerTransactions, may_be_answered_from_the_handler_that_brings_them) {
  world_sim::SimulatedWorld world;
  int sent = 0;
  TransactionLayer layer(world, {.name = "prompt",
                                 .send = [&](const Hop&, std::string_view) { ++sent; },
                                 .on_request =
                                     [](std::shared_ptr<ServerTransaction> transaction) {
                                       transaction->respond(transaction->response(200, "t").str());
                                     }});
  const Hop hop{Transport::tcp, server, phone};
  const auto options = request_text({.method = "OPTIONS"});
  layer.receive(MessageView::parse(invite), hop);
  layer.receive(MessageView::parse(options), hop);
  world.run(TimePoint{} + 10s);
  EXPECT_EQ(sent, 2);
}

TEST(ServerTransactions, forget_an_answered_request_when_its_transport_failed) {
  TransactionBench bench;
  const Hop hop{Transport::udp, phone, {server.address, phone.port}};
  bench.receive(request_text());
  bench.layer->transport_failed(hop);
  bench.receive(request_text());
  EXPECT_EQ(bench.requests.size(), 1u);
  bench.requests[0]->respond(response_text(request_text(), 200));
  bench.layer->transport_failed(hop);
  bench.receive(request_text());
  EXPECT_EQ(bench.requests.size(), 2u);
}

TEST(ServerTransactions, that_failed_cost_the_same_however_many_there_are) {
  TransactionLayer::Options options;
  options.send = [](const Hop&, std::string_view) {};
  options.on_request = [](const std::shared_ptr<ServerTransaction>& transaction) {
    transaction->respond(transaction->response(200, "t").str());
  };
  world_sim::SimulatedWorld world;
  TransactionLayer layer(world, options);
  const auto hop = [](std::uint16_t port) {
    return Hop{Transport::udp, phone, {server.address, port}};
  };
  std::size_t seen = 0;
  for (std::uint16_t port = 1; port < 40'000; ++port, ++seen) {
    const auto text = request_text({.branch = "z9hG4bK" + std::to_string(port)});
    layer.receive(MessageView::parse(text), hop(port));
    layer.transport_failed(hop(port));
  }
  EXPECT_EQ(seen, 39'999u);  // 40,000 times 40,000 would not end in time
}

TEST(ServerTransactions, treat_a_repeat_as_new_when_forgetting_is_their_quirk) {
  TransactionLayer::Options options;
  options.server_quirks.forget_when_answered = true;
  TransactionBench bench(options);
  bench.receive(request_text());
  bench.requests.at(0)->respond(response_text(request_text(), 200));
  bench.receive(request_text());
  EXPECT_EQ(bench.requests.size(), 2u);
}

TEST(ServerTransactions, change_a_repeated_response_when_that_is_their_quirk) {
  TransactionLayer::Options options;
  options.server_quirks.alter_retransmission = [](std::string response, int transmission) {
    return response + std::to_string(transmission);
  };
  TransactionBench bench(options);
  bench.receive(request_text());
  const auto response = response_text(request_text(), 200);
  bench.requests.at(0)->respond(response);
  bench.receive(request_text());
  ASSERT_EQ(bench.sent.size(), 2u);
  EXPECT_EQ(bench.sent[0].bytes, response);
  EXPECT_EQ(bench.sent[1].bytes, response + "1");
}

}  // namespace
}  // namespace sipharness::sip
