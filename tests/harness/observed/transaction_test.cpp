#include "harness/observed/transaction.hpp"

#include <gtest/gtest.h>

#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::OnePhone;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;

TEST(Transactions, hold_every_transmission_of_a_request) {
  TraceBuilder t;
  t.silent_invite(primary, 1s);
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 1U);
  EXPECT_EQ(transactions[0].method, sip::Method::invite);
  EXPECT_EQ(transactions[0].direction, Direction::from_device);
  EXPECT_EQ(transactions[0].server, ServerRole::primary);
  EXPECT_EQ(transactions[0].sends.size(), 7U);
  EXPECT_TRUE(transactions[0].identical);
  EXPECT_FALSE(transactions[0].first_response);
}

TEST(Transactions, tell_provisional_and_final_responses_and_count_copies) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(1100ms).to_device(primary).response(100, {.to = invite});
  t.at(1200ms).response(180, {.to = invite});
  const auto busy = t.at(1300ms).response(486, {.to = invite});
  t.at(1800ms).repeat(busy);
  t.at(1301ms).from_device(primary).request("ACK", {.in = invite});
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 1U);
  const Transaction& call = transactions[0];
  EXPECT_EQ(call.responses.size(), 4U);
  EXPECT_EQ(one.phone.messages[call.first_response.value()].sip.status(), 100);
  EXPECT_EQ(call.provisional, call.first_response);
  EXPECT_EQ(one.phone.messages[call.final.value()].frame, 4U);
  ASSERT_EQ(call.acks.size(), 1U);
  EXPECT_EQ(one.phone.messages[call.acks[0]].sip.method(), sip::Method::ack);
}

TEST(Transactions, leave_the_ack_of_a_2xx_out) {
  TraceBuilder t;
  t.complete_call(primary, 1s);
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 2U);
  EXPECT_TRUE(transactions[0].acks.empty());
  EXPECT_EQ(transactions[1].method, sip::Method::bye);
}

TEST(Transactions, an_ack_to_a_2xx_on_the_branch_of_its_invite_is_left_out_too) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE", {.branch = "z9hG4bK-same"});
  t.at(2s).to_device(primary).response(200, {.to = invite});
  t.at(2010ms).from_device(primary).request("ACK", {.branch = "z9hG4bK-same", .in = invite});
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 1U);
  EXPECT_TRUE(transactions[0].acks.empty());
}

TEST(Transactions, the_same_branch_at_another_server_is_another_transaction) {
  TraceBuilder t;
  t.at(1s).from_device(primary).request("INVITE", {.branch = "z9hG4bK-x", .call_id = "c"});
  t.at(2s).from_device(secondary).request("INVITE", {.branch = "z9hG4bK-x", .call_id = "c"});
  t.at(3s).to_device(secondary).response(503);
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 2U);
  EXPECT_EQ(transactions[0].server, ServerRole::primary);
  EXPECT_FALSE(transactions[0].final);
  EXPECT_EQ(transactions[1].server, ServerRole::secondary);
  EXPECT_TRUE(transactions[1].final);
}

TEST(Transactions, the_same_key_with_other_bytes_is_a_copy_that_is_not_identical) {
  TraceBuilder t;
  t.at(1s).from_device(primary).request("REGISTER", {.cseq = 1, .branch = "z9hG4bK-y"});
  t.at(2s).from_device(primary).request("REGISTER", {.cseq = 2, .branch = "z9hG4bK-y"});
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 1U);
  EXPECT_EQ(transactions[0].sends.size(), 2U);
  EXPECT_FALSE(transactions[0].identical);
}

TEST(Transactions, a_new_branch_is_a_new_transaction) {
  TraceBuilder t;
  t.at(1s).from_device(primary).request("REGISTER", {.cseq = 1});
  t.at(2s).from_device(primary).request("REGISTER", {.cseq = 1});
  const OnePhone one(t);
  EXPECT_EQ(transactions(one.phone).size(), 2U);
}

TEST(Transactions, a_cancel_is_a_transaction_beside_its_invite) {
  TraceBuilder t;
  const auto invite = t.at(1s).from_device(primary).request("INVITE");
  t.at(1100ms).to_device(primary).response(180, {.to = invite});
  const auto cancel = t.at(2s).from_device(primary).request("CANCEL", {.in = invite});
  t.at(2010ms).to_device(primary).response(200, {.to = cancel});
  t.at(2020ms).response(487, {.to = invite});
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 2U);
  EXPECT_EQ(one.phone.messages[transactions[0].final.value()].sip.status(), 487);
  EXPECT_EQ(transactions[1].method, sip::Method::cancel);
  EXPECT_EQ(one.phone.messages[transactions[1].final.value()].sip.status(), 200);
}

TEST(Transactions, requests_of_a_server_are_transactions_to_the_device) {
  TraceBuilder t;
  t.registration(secondary, 0s);
  const auto invite = t.at(1s).to_device(secondary).request("INVITE");
  t.at(1100ms).from_device(secondary).response(180, {.to = invite});
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 2U);
  EXPECT_EQ(transactions[1].direction, Direction::to_device);
  EXPECT_EQ(transactions[1].server, ServerRole::secondary);
  EXPECT_TRUE(transactions[1].provisional);
}

TEST(Transactions, a_response_without_a_request_belongs_to_none) {
  TraceBuilder t;
  t.at(1s).to_device(primary).raw(
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK-ghost\r\n"
      "From: <sip:1001@h>;tag=a\r\nTo: <sip:1001@h>;tag=b\r\nCall-ID: ghost\r\n"
      "CSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n");
  const OnePhone one(t);
  EXPECT_EQ(one.phone.messages.size(), 1U);
  EXPECT_TRUE(transactions(one.phone).empty());
}

TEST(Transactions, without_a_branch_call_id_and_cseq_tell_them_apart) {
  const std::string via = "SIP/2.0/UDP 127.0.0.1:5062";
  TraceBuilder t;
  for (const std::uint32_t cseq : {1U, 2U}) {
    const auto sent = t.at(std::chrono::seconds(cseq))
                          .from_device(primary)
                          .request("REGISTER", {.cseq = cseq, .headers = {{"Via", via}}});
    t.at(std::chrono::seconds(cseq) + 5ms).to_device(primary).response(200, {.to = sent});
  }
  const OnePhone one(t);
  const auto& transactions = observed::transactions(one.phone);
  ASSERT_EQ(transactions.size(), 2U);
  EXPECT_TRUE(transactions[0].final);
  EXPECT_TRUE(transactions[1].final);
}

}  // namespace
}  // namespace sipharness::observed
