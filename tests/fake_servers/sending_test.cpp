// Requests that a server sends of its own, once or again and again, and ACKs that never leave.

#include <ranges>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The client registers at 1 s.
struct Registered {
  Registered() { stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}}); }
  Stage stage;
};

TEST(Options, go_to_the_binding_and_come_again_as_they_were) {
  Registered r;
  r.stage.at(10s, [&] { r.stage.server.send_options({.repeats = {1s, 5s}}); });
  r.stage.at(10100ms, [&] { r.stage.client.answer(r.stage.client.first(Method::options), 200); });
  r.stage.run_until(60s);
  const auto times = r.stage.client.times_of(Method::options);
  EXPECT_THAT(offsets(times), ElementsAre(0s, 1s, 5s));
  const MessageView request = r.stage.client.first(Method::options).view();
  EXPECT_FALSE(request.problem().has_value());
  EXPECT_EQ(request.request_uri(), "sip:1001@10.0.0.1:5060");
  EXPECT_TRUE(request.to_tag().empty());
  const auto is_request = [](const Seen& seen) { return seen.view().is_request(); };
  for (const Seen& seen : r.stage.client.received | std::views::filter(is_request))
    EXPECT_EQ(seen.bytes, request.bytes());
}

TEST(Options, go_to_nobody_without_a_binding) {
  Stage stage;
  stage.at(1s, [&] { stage.server.send_options(); });
  stage.run_until(2s);
  EXPECT_THAT(stage.client.received, IsEmpty());
}

TEST(StrayBye, carries_tags_of_a_dialog_that_never_was) {
  Registered r;
  r.stage.at(10s, [&] { r.stage.server.send_stray_bye(); });
  r.stage.run_until(10100ms);
  const MessageView bye = r.stage.client.first(Method::bye).view();
  EXPECT_FALSE(bye.problem().has_value());
  EXPECT_FALSE(bye.to_tag().empty());
  EXPECT_FALSE(bye.from_tag().empty());
}

TEST(Raw, is_sent_as_it_stands_and_again) {
  Registered r;
  const scenario::Raw lines{{}, {"NEWS ${contact} SIP/2.0", "X: ${user} ${server}", ""}};
  r.stage.at(10s, [&] { r.stage.server.send_raw({"\r\n\r\n", {}}); });
  r.stage.at(11s, [&] { r.stage.server.send_raw(lines, {.repeats = {2s}}); });
  r.stage.run_until(20s);
  std::vector<std::string> sent;
  for (const Seen& seen : r.stage.client.received)
    if (!seen.view().is_response()) sent.push_back(seen.bytes);
  const std::string news = fmt::format("NEWS sip:1001@10.0.0.1:5060 SIP/2.0\r\nX: 1001 {}\r\n\r\n",
                                       server_endpoint.text());
  EXPECT_THAT(sent, ElementsAre("\r\n\r\n", news, news));
}

TEST(Call, can_be_one_that_another_server_brought) {
  Registered r;
  EXPECT_FALSE(r.stage.server.last_call());
  r.stage.at(10s, [&] { r.stage.server.call_device({}, CallName{"theirs", "tag"}); });
  r.stage.run_until(20s);
  const MessageView invite = r.stage.client.first(Method::invite).view();
  EXPECT_EQ(invite.call_id(), "theirs");
  EXPECT_EQ(invite.from_tag(), "tag");
  EXPECT_EQ(r.stage.server.last_call()->call_id, "theirs");
}

TEST(Call, sends_its_invite_again_when_it_is_up) {
  Registered r;
  r.stage.at(10s, [&] { r.stage.server.call_device({.repeats = {3s}}); });
  r.stage.at(10100ms, [&] {
    r.stage.client.answer(r.stage.client.first(Method::invite), 200, "client-tag", offer());
  });
  r.stage.run_until(20s);
  EXPECT_THAT(offsets(r.stage.client.times_of(Method::invite)), ElementsAre(0s, 3s));
}

TEST(Call, sends_its_bye_again_though_it_was_answered) {
  Registered r;
  r.stage.at(10s, [&] { r.stage.server.call_device(); });
  r.stage.at(10100ms, [&] {
    r.stage.client.answer(r.stage.client.first(Method::invite), 200, "client-tag", offer());
  });
  r.stage.at(12s, [&] { r.stage.server.hang_up({.repeats = {2s}}); });
  r.stage.at(12100ms, [&] { r.stage.client.answer(r.stage.client.first(Method::bye), 200); });
  r.stage.run_until(20s);
  EXPECT_THAT(offsets(r.stage.client.times_of(Method::bye)), ElementsAre(0s, 2s));
}

/// The far end calls at 10 s with its first ACKs withheld; the client answers `status` at 10.1,
/// 11 and 12 s.
std::vector<Duration> acks_to(int status, std::uint32_t withheld) {
  Registered r;
  scenario::Sending how;
  how.withheld_acks = withheld;
  r.stage.at(10s, [&] { r.stage.server.call_device(how); });
  for (const Duration at : {10100ms, 11000ms, 12000ms})
    r.stage.at(at, [&] {
      r.stage.client.answer(r.stage.client.first(Method::invite), status, "client-tag",
                            status == 200 ? offer() : std::string());
    });
  r.stage.run_until(20s);
  EXPECT_EQ(r.stage.journal.all<journal::Withheld>().size(), std::min(withheld, 3u));
  return r.stage.client.times_of(Method::ack);
}

TEST(WithheldAcks, are_the_first_ones_of_a_refused_call) {
  EXPECT_THAT(acks_to(486, 2), ElementsAre(12s + round_trip));
  EXPECT_EQ(acks_to(486, 0).size(), 3u);
}

TEST(WithheldAcks, are_the_first_ones_of_an_answered_call) {
  EXPECT_THAT(acks_to(200, 2), ElementsAre(12s + round_trip));
  EXPECT_THAT(acks_to(200, 100), IsEmpty());
}

}  // namespace
}  // namespace fake_servers::test
