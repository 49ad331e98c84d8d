// What a healthy server says to everything that is neither registration nor call.
// @source RFC 3261 §8.2, §11, §18.3; RFC 3428; RFC 3903

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct MannerCase {
  const char* name;
  Request request;
  int status;
};

class Manners : public testing::TestWithParam<MannerCase> {};

TEST_P(Manners, answer_every_method_sensibly) {
  Stage stage;
  stage.send_at(1s, GetParam().request);
  stage.run_until(1100ms);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(GetParam().status));
  EXPECT_THAT(stage.client.last().bytes, HasSubstr("Server: sipharness/0.1 (fake primary)\r\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Service, Manners,
    testing::Values(
        MannerCase{"options", {.method = "OPTIONS"}, 200},
        MannerCase{"message", {.method = "MESSAGE"}, 200},
        MannerCase{"publish", {.method = "PUBLISH"}, 200},
        MannerCase{"notify_without_subscription", {.method = "NOTIFY"}, 481},
        MannerCase{"bye_outside", {.method = "BYE"}, 481},
        MannerCase{"bye_of_unknown_dialog", {.method = "BYE", .to_tag = "unknown"}, 481},
        MannerCase{"reinvite_of_unknown_dialog", {.method = "INVITE", .to_tag = "unknown"}, 481},
        MannerCase{"options_of_unknown_dialog", {.method = "OPTIONS", .to_tag = "unknown"}, 481},
        MannerCase{"info_outside", {.method = "INFO"}, 481},
        MannerCase{"update_outside", {.method = "UPDATE"}, 481},
        MannerCase{"prack_outside", {.method = "PRACK"}, 481},
        MannerCase{"refer", {.method = "REFER"}, 405},
        MannerCase{"extension_method", {.method = "DANCE"}, 501},
        MannerCase{
            "extension_required", {.method = "INVITE", .headers = {{"Require", "100rel"}}}, 420}),
    [](const auto& info) { return std::string(info.param.name); });

Seen answer_to(const Request& request) {
  Stage stage;
  stage.send_at(1s, request);
  stage.run_until(1100ms);
  return stage.client.received.empty() ? Seen{} : stage.client.last();
}

TEST(Service, tells_what_it_allows) {
  EXPECT_THAT(answer_to({.method = "OPTIONS"}).view().header(HeaderId::allow), HasSubstr("INVITE"));
  EXPECT_THAT(answer_to({.method = "REFER"}).view().header(HeaderId::allow), HasSubstr("INVITE"));
}

TEST(Service, names_the_extension_it_does_not_support) {
  const Seen answer = answer_to({.method = "OPTIONS", .headers = {{"Require", "timer"}}});
  EXPECT_EQ(answer.view().header(HeaderId::unsupported), "timer");
}

TEST(Service, a_publication_gets_an_entity_tag_and_its_time) {
  const Seen answer = answer_to({.method = "PUBLISH", .headers = {{"Expires", "600"}}});
  EXPECT_THAT(answer.bytes, HasSubstr("SIP-ETag: "));
  EXPECT_EQ(answer.view().expires(), 600u);
}

TEST(Service, answers_to_the_source_port_when_rport_asks) {
  const Seen answer = answer_to({.method = "OPTIONS"});
  EXPECT_EQ(answer.view().via().rport, client_endpoint.port);
}

TEST(Service, trap_3_the_same_call_by_another_branch_is_no_merged_request) {
  Stage stage;
  Request request{.method = "INVITE", .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}};
  stage.send_at(1s, request);
  request.branch = "z9hG4bKother";
  stage.send_at(1100ms, request);
  stage.run_until(1200ms);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(100, 100)) << "never 482";
}

struct MalformedCase {
  const char* name;
  std::string text;
  std::vector<int> statuses;
};

std::string without(std::string text, const std::string& header) {
  const auto begin = text.find("\r\n" + header + ":");
  const auto end = text.find("\r\n", begin + 2);
  return text.erase(begin, end - begin);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

class Malformed : public testing::TestWithParam<MalformedCase> {};

TEST_P(Malformed, draws_400_where_an_answer_can_find_its_way) {
  Stage stage;
  stage.at(1s, [&] { stage.client.send(GetParam().text); });
  stage.send_at(2s, {.method = "OPTIONS", .branch = "z9hG4bKafter"});
  stage.run_until(2100ms);
  std::vector<int> expected = GetParam().statuses;
  expected.push_back(200);
  EXPECT_EQ(stage.client.statuses(), expected) << "and it lives on";
}

const std::string good = Request{.method = "OPTIONS"}.text();

INSTANTIATE_TEST_SUITE_P(
    Service, Malformed,
    testing::Values(
        MalformedCase{"no_call_id", without(good, "Call-ID"), {400}},
        MalformedCase{"no_from", without(good, "From"), {400}},
        MalformedCase{"no_to", without(good, "To"), {400}},
        MalformedCase{"no_cseq", without(good, "CSeq"), {400}},
        MalformedCase{"unreadable_cseq", replaced(good, "CSeq: 1", "CSeq: many"), {400}},
        MalformedCase{"no_via", without(good, "Via"), {}},
        MalformedCase{
            "body_cut_off", replaced(good, "Content-Length: 0", "Content-Length: 99"), {400}},
        MalformedCase{"malformed_ack", without(Request{.method = "ACK"}.text(), "Call-ID"), {}},
        MalformedCase{"garbage", "\x01\x02\x03\xff\x00 garbage", {}},
        MalformedCase{"stun", std::string("\x00\x01\x00\x00\x21\x12\xa4\x42", 8), {}},
        MalformedCase{"keep_alive", "\r\n\r\n", {}},
        MalformedCase{"empty_lines_only", "\r\n\r\n\r\n\r\n", {}},
        MalformedCase{"stray_response",
                      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.11:5070;branch=z9hG4bKx\r\n"
                      "From: <sip:a@b>;tag=a\r\nTo: <sip:a@b>;tag=b\r\nCall-ID: x\r\n"
                      "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
                      {}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fake_servers::test
