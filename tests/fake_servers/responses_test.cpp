// What stands beside the verb of a rule: responses changed, sent from another port, and the
// connection ended behind them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Request with_contact{.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}};

scenario::Rule rewriting(scenario::Rewrite rewrite) {
  scenario::Rule made = rule(scenario::Accept{}, {Method::register_});
  made.rewrite = std::move(rewrite);
  return made;
}

std::vector<std::string> values_of(const MessageView& message, HeaderId id) {
  std::vector<std::string> values;
  for (const sip::Header& header : message.headers())
    if (header.id == id) values.emplace_back(header.value);
  return values;
}

/// The answer to a REGISTER whose rule rewrites.
std::string answer_with(scenario::Rewrite rewrite) {
  Stage stage({rewriting(std::move(rewrite))});
  stage.send_at(1s, with_contact);
  stage.run_until(2s);
  return stage.client.received.empty() ? std::string() : stage.client.last().bytes;
}

TEST(Rewrite, puts_headers_in_place_of_those_of_their_names) {
  const std::string answer = answer_with(
      {.headers = {{"m", "<sip:${user}@192.0.2.9>"}, {"m", "${value}"}, {"Date", "now"}}});
  const MessageView response = MessageView::parse(answer);
  EXPECT_FALSE(response.problem().has_value());
  EXPECT_THAT(values_of(response, HeaderId::contact),
              ElementsAre("<sip:1001@192.0.2.9>", "<sip:1001@10.0.0.1:5060>;expires=3600"));
  EXPECT_THAT(answer, HasSubstr("\r\nDate: now\r\n"));
}

TEST(Rewrite, leaves_headers_out) {
  const std::string answer = answer_with({.without = {"contact", "Server"}});
  const MessageView response = MessageView::parse(answer);
  EXPECT_FALSE(response.has(HeaderId::contact));
  EXPECT_FALSE(response.has(HeaderId::server));
  EXPECT_EQ(response.status(), 200);
}

TEST(Rewrite, gives_a_body_and_counts_it) {
  const std::string answer = answer_with({.content_type = "text/plain", .body = {"to ${device}"}});
  const MessageView response = MessageView::parse(answer);
  EXPECT_EQ(response.body(), "to 10.0.0.1:5060\r\n");
  EXPECT_FALSE(response.problem().has_value());
}

TEST(Rewrite, stands_for_the_whole_response) {
  EXPECT_EQ(answer_with({.raw = {{}, {"SIP/2.0 200 OK", "CSeq: ${cseq}", ""}}}),
            "SIP/2.0 200 OK\r\nCSeq: 1 REGISTER\r\n\r\n");
  EXPECT_EQ(answer_with({.raw = {std::string("\0\x01", 2), {}}}), std::string("\0\x01", 2));
}

TEST(Rewrite, spells_out_no_line_that_a_peer_began) {
  Stage stage({rewriting({.raw = {{}, {"SIP/2.0 200 OK", "X: ${contact}", ""}}})});
  Request folded = with_contact;
  folded.headers = {{"Contact", "<sip:1001@10.0.0.1;x=\r\n X-Mine: 1>"}};
  stage.send_at(1s, folded);
  stage.run_until(2s);
  EXPECT_EQ(stage.client.last().bytes, "SIP/2.0 200 OK\r\nX: \r\n\r\n");
}

TEST(Rewrite, changes_only_the_statuses_that_it_names) {
  EXPECT_THAT(answer_with({.statuses = {401, 200}, .without = {"Contact"}}),
              Not(HasSubstr("Contact")));
  EXPECT_THAT(answer_with({.statuses = {401}, .without = {"Contact"}}), HasSubstr("Contact"));
}

TEST(Rewrite, is_journalled_by_names_without_values) {
  const auto journalled = [](const scenario::Rewrite& rewrite) {
    Stage stage({rewriting(rewrite)});
    stage.send_at(1s, with_contact);
    stage.run_until(2s);
    return stage.journal.all<journal::Sent>().at(0).rewritten;
  };
  EXPECT_EQ(journalled({.headers = {{"X-Key", "secret"}, {"X-Key", "more"}},
                        .without = {"Contact"},
                        .received = sipharness::IpAddress::parse("192.0.2.1"),
                        .rport = {40001},
                        .body = {"text"}}),
            "received, rport, X-Key, without Contact, body");
  EXPECT_EQ(journalled({.raw = {{}, {"SIP/2.0 200 OK", ""}}}), "everything");
  EXPECT_EQ(journalled({.statuses = {401}, .without = {"Contact"}}), std::nullopt);
}

TEST(Rewrite, tells_each_request_the_next_port_and_copies_the_same) {
  Stage stage({rewriting(
      {.received = sipharness::IpAddress::parse("192.0.2.1"), .rport = {40001, 40002}})});
  Request next = with_contact;
  next.branch = "z9hG4bKtwo";
  next.cseq = 2;
  stage.send_at(1s, with_contact);
  stage.send_at(2s, with_contact);
  stage.send_at(3s, next);
  stage.run_until(4s);
  std::vector<std::string> told;
  for (const Seen& seen : stage.client.received) told.emplace_back(seen.view().via().received);
  EXPECT_THAT(told, ElementsAre("192.0.2.1", "192.0.2.1", "192.0.2.1"));
  EXPECT_EQ(stage.client.received[0].bytes, stage.client.received[1].bytes);
}

TEST(OtherPort, is_where_the_responses_leave_from) {
  scenario::Rule made = rule(scenario::Accept{}, {Method::register_});
  made.from_other_port = true;
  Stage stage({made});
  stage.send_at(1s, with_contact);
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(200));
  const auto sent = stage.journal.all<journal::Sent>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].packet.source.address, server_endpoint.address);
  EXPECT_NE(sent[0].packet.source.port, server_endpoint.port);
}

TEST(CheckedCseq, must_rise_with_the_call_id) {
  Stage stage({rule(scenario::Accept{.expires = {}, .checks_cseq = true}, {Method::register_})});
  for (const auto& [at, cseq, call_id] :
       {std::tuple(1s, 5u, "one"), {2s, 5u, "one"}, {3s, 6u, "one"}, {4s, 1u, "two"}}) {
    Request request = with_contact;
    request.branch += std::to_string(at.count());
    request.cseq = cseq;
    request.call_id = call_id;
    stage.send_at(at, request);
  }
  stage.run_until(5s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(200, 500, 200, 200));
}

}  // namespace
}  // namespace fake_servers::test
