// The far end calling the device. @source RFC 3261 §9.1, §13.2, §13.2.2.4

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/sip/sdp.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The client registers at 1 s and is called at 10 s.
class Callee {
 public:
  explicit Callee(const std::string& contacts = "<sip:1001@10.0.0.1:5060>") {
    stage.send_at(1s, {.headers = {{"Contact", contacts}}});
    stage.at(10s, [this] { stage.server.call_device(); });
  }

  void answer_invite_at(Duration at, int status, std::string_view tag = "client-tag") {
    stage.at(at, [this, status, tag] {
      stage.client.answer(stage.client.first(Method::invite), status, tag,
                          status == 200 ? offer() : std::string());
    });
  }

  Stage stage;
};

TEST(OutgoingCall, invites_the_binding_with_an_offer) {
  Callee callee;
  callee.stage.run_until(10100ms);
  EXPECT_THAT(callee.stage.client.times_of(Method::invite), ElementsAre(10s + round_trip / 2));
  const MessageView invite = callee.stage.client.first(Method::invite).view();
  EXPECT_FALSE(invite.problem().has_value());
  EXPECT_EQ(invite.request_uri(), "sip:1001@10.0.0.1:5060");
  EXPECT_EQ(invite.header(HeaderId::max_forwards), "70");
  EXPECT_TRUE(sip::parse_sdp(invite.body()).has_value());
  const auto far_end = callee.stage.journal.all<journal::FarEnd>();
  ASSERT_EQ(far_end.size(), 1u);
  EXPECT_EQ(far_end[0].verb, "calls");
  EXPECT_EQ(far_end[0].call_id, invite.call_id());
}

TEST(OutgoingCall, without_a_binding_nobody_is_called) {
  Stage stage;
  stage.at(1s, [&] { stage.server.call_device(); });
  stage.run_until(2s);
  EXPECT_THAT(stage.client.received, IsEmpty());
}

TEST(OutgoingCall, calls_every_binding) {
  Callee callee("<sip:1001@10.0.0.1:5060>, <sip:1001@10.0.0.1:5060;transport=udp>");
  callee.stage.run_until(10100ms);
  EXPECT_EQ(callee.stage.client.times_of(Method::invite).size(), 2u);
}

TEST(OutgoingCall, gives_up_on_a_silent_device_by_timer_b) {
  Callee callee;
  callee.stage.run_until(100s);
  EXPECT_THAT(offsets(callee.stage.client.times_of(Method::invite)),
              ElementsAre(0s, 500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms));
}

TEST(OutgoingCall, acknowledges_every_200_with_the_same_ack) {
  Callee callee;
  callee.answer_invite_at(10100ms, 180);
  callee.answer_invite_at(11s, 200);
  callee.answer_invite_at(11500ms, 200);
  callee.stage.run_until(13s);
  EXPECT_THAT(callee.stage.client.times_of(Method::ack),
              ElementsAre(11s + round_trip, 11500ms + round_trip));
  const auto& received = callee.stage.client.received;
  const std::string& ack = received.back().bytes;
  EXPECT_EQ(received[received.size() - 2].bytes, ack);
  const MessageView invite = callee.stage.client.first(Method::invite).view();
  EXPECT_NE(MessageView::parse(ack).via().branch, invite.via().branch);
}

TEST(OutgoingCall, ignores_a_200_of_another_dialog) {
  Callee callee;
  callee.answer_invite_at(11s, 200);
  callee.answer_invite_at(12s, 200, "another-tag");
  callee.stage.run_until(13s);
  EXPECT_EQ(callee.stage.client.times_of(Method::ack).size(), 1u);
}

TEST(OutgoingCall, a_refusal_is_acknowledged_and_ends_it) {
  Callee callee;
  callee.answer_invite_at(11s, 486);
  callee.stage.at(20s, [&] { callee.stage.server.hang_up(); });
  callee.stage.run_until(30s);
  const auto& client = callee.stage.client;
  ASSERT_EQ(client.times_of(Method::ack).size(), 1u);
  EXPECT_EQ(client.first(Method::ack).view().via().branch,
            client.first(Method::invite).view().via().branch);
  EXPECT_THAT(client.times_of(Method::bye), IsEmpty());
  EXPECT_THAT(client.times_of(Method::cancel), IsEmpty());
}

TEST(OutgoingCall, hangs_up_with_bye) {
  Callee callee;
  callee.answer_invite_at(11s, 200);
  callee.stage.at(20s, [&] { callee.stage.server.hang_up(); });
  callee.stage.run_until(20100ms);
  const MessageView bye = callee.stage.client.first(Method::bye).view();
  EXPECT_EQ(bye.cseq(), 2u);
  EXPECT_EQ(bye.to_tag(), "client-tag");
}

TEST(OutgoingCall, takes_a_bye_of_the_device) {
  Callee callee;
  callee.answer_invite_at(11s, 200);
  callee.stage.at(20s, [&] {
    const MessageView invite = callee.stage.client.first(Method::invite).view();
    callee.stage.client.send({.method = "BYE",
                              .branch = "z9hG4bKbye",
                              .call_id = std::string(invite.call_id()),
                              .to_tag = std::string(invite.from_tag())});
  });
  callee.stage.run_until(21s);
  EXPECT_EQ(callee.stage.client.last().view().status(), 200);
  EXPECT_EQ(callee.stage.client.last().view().method(), Method::bye);
}

TEST(OutgoingCall, hanging_up_while_it_rings_cancels) {
  Callee callee;
  callee.answer_invite_at(10100ms, 180);
  callee.stage.at(12s, [&] { callee.stage.server.hang_up(); });
  callee.stage.run_until(12100ms);
  EXPECT_EQ(callee.stage.client.first(Method::cancel).view().via().branch,
            callee.stage.client.first(Method::invite).view().via().branch);
}

TEST(OutgoingCall, a_cancel_waits_for_the_first_provisional) {
  Callee callee;
  callee.stage.at(11s, [&] { callee.stage.server.hang_up(); });
  callee.answer_invite_at(13s, 180);
  callee.answer_invite_at(13100ms, 180);
  callee.stage.client.on_received = [&](const Seen& seen) {
    if (seen.view().method() == Method::cancel) callee.stage.client.answer(seen, 200);
  };
  callee.stage.run_until(20s);
  EXPECT_THAT(callee.stage.client.times_of(Method::cancel), ElementsAre(13s + round_trip));
}

TEST(OutgoingCall, a_200_that_crosses_the_cancel_is_acknowledged_and_ended) {
  Callee callee;
  callee.stage.at(11s, [&] { callee.stage.server.hang_up(); });
  callee.answer_invite_at(13s, 200);
  callee.stage.run_until(13100ms);
  EXPECT_EQ(callee.stage.client.times_of(Method::ack).size(), 1u);
  EXPECT_EQ(callee.stage.client.times_of(Method::bye).size(), 1u);
}

}  // namespace
}  // namespace fake_servers::test
