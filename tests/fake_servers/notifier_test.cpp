// @source RFC 6665 §4.2; RFC 3842 §3

#include "fake_servers/notifier.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Request subscribing(const std::string& event, const std::string& expires = "120",
                    std::uint32_t cseq = 1) {
  return {
      .method = "SUBSCRIBE",
      .branch = "z9hG4bKsub" + std::to_string(cseq),
      .cseq = cseq,
      .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}, {"Event", event}, {"Expires", expires}}};
}

/// The client answers every NOTIFY with this status.
class Subscriber {
 public:
  explicit Subscriber(int status = 200, std::vector<scenario::Rule> rules = {})
      : stage(std::move(rules)) {
    stage.client.on_received = [this, status](const Seen& seen) {
      if (!seen.view().is_request()) return;
      notifies.push_back(seen);
      if (status != 0) stage.client.answer(seen, status);
    };
  }

  void send_in_dialog_at(Duration at, Request request) {
    stage.at(at, [this, request]() mutable {
      request.to_tag = std::string(stage.client.first(200).view().to_tag());
      stage.client.send(request);
    });
  }

  Stage stage;
  std::vector<Seen> notifies;
};

class Packages : public testing::TestWithParam<const char*> {};

TEST_P(Packages, are_accepted_and_notified_at_once) {
  Subscriber subscriber;
  subscriber.stage.send_at(1s, subscribing(GetParam()));
  subscriber.stage.run_until(40s);
  const MessageView accepted = subscriber.stage.client.first(200).view();
  EXPECT_EQ(accepted.expires(), 120u);
  EXPECT_TRUE(accepted.has(HeaderId::contact));
  ASSERT_THAT(subscriber.notifies, SizeIs(1));
  EXPECT_EQ(subscriber.notifies[0].at, 1s + round_trip);
  const MessageView notify = subscriber.notifies[0].view();
  EXPECT_EQ(notify.header(HeaderId::event), GetParam());
  EXPECT_EQ(notify.header(HeaderId::subscription_state), "active;expires=120");
  EXPECT_EQ(notify.to_tag(), "client-tag");
  EXPECT_EQ(notify.from_tag(), accepted.to_tag());
  EXPECT_FALSE(notify.body().empty());
}

INSTANTIATE_TEST_SUITE_P(Notifier, Packages,
                         testing::Values("message-summary", "dialog", "presence", "reg"));

TEST(Notifier, an_unknown_package_is_a_bad_event) {
  Subscriber subscriber;
  subscriber.stage.send_at(1s, subscribing("conference"));
  subscriber.stage.run_until(2s);
  const MessageView refusal = subscriber.stage.client.first(489).view();
  EXPECT_THAT(std::string(refusal.header(HeaderId::allow_events)), HasSubstr("dialog"));
  EXPECT_THAT(subscriber.notifies, IsEmpty());
}

TEST(Notifier, a_refresh_is_notified_again) {
  Subscriber subscriber;
  subscriber.stage.send_at(1s, subscribing("dialog"));
  subscriber.send_in_dialog_at(90s, subscribing("dialog", "60", 2));
  subscriber.stage.run_until(91s);
  ASSERT_THAT(subscriber.notifies, SizeIs(2));
  EXPECT_EQ(subscriber.notifies[1].view().header(HeaderId::subscription_state),
            "active;expires=60");
  EXPECT_EQ(subscriber.notifies[1].view().cseq(), subscriber.notifies[0].view().cseq() + 1);
  EXPECT_THAT(subscriber.notifies[1].bytes, HasSubstr("version=\"1\""));
}

TEST(Notifier, unsubscribing_is_notified_as_the_end) {
  Subscriber subscriber;
  subscriber.stage.send_at(1s, subscribing("dialog"));
  subscriber.send_in_dialog_at(10s, subscribing("dialog", "0", 2));
  subscriber.send_in_dialog_at(20s, subscribing("dialog", "60", 3));
  subscriber.stage.run_until(21s);
  ASSERT_THAT(subscriber.notifies, SizeIs(2));
  EXPECT_EQ(subscriber.notifies[1].view().header(HeaderId::subscription_state),
            "terminated;reason=timeout");
  EXPECT_EQ(subscriber.stage.client.last().view().status(), 481) << "there is nothing to refresh";
}

TEST(Notifier, a_lapsed_subscription_cannot_be_refreshed) {
  Subscriber subscriber;
  subscriber.stage.send_at(1s, subscribing("dialog", "60"));
  subscriber.send_in_dialog_at(62s, subscribing("dialog", "60", 2));
  subscriber.stage.run_until(63s);
  EXPECT_EQ(subscriber.stage.client.last().view().status(), 481);
}

TEST(Notifier, a_rule_shortens_the_grant) {
  Subscriber subscriber(200, {rule(scenario::Accept{.expires = 20s}, {Method::subscribe})});
  subscriber.stage.send_at(1s, subscribing("dialog", "3600"));
  subscriber.stage.run_until(2s);
  EXPECT_EQ(subscriber.stage.client.first(200).view().expires(), 20u);
}

TEST(Notifier, a_rule_lets_the_notify_overtake_the_200) {
  Subscriber subscriber(
      200, {rule(scenario::Accept{.expires = {}, .notify = scenario::NotifyTime::before})});
  subscriber.stage.send_at(1s, subscribing("dialog"));
  subscriber.stage.run_until(2s);
  ASSERT_THAT(subscriber.notifies, SizeIs(1));
  EXPECT_EQ(subscriber.notifies[0].at, 1s + round_trip);
  EXPECT_THAT(subscriber.stage.client.times_of(200), ElementsAre(1s + round_trip + 100ms));
  EXPECT_EQ(subscriber.notifies[0].view().from_tag(),
            subscriber.stage.client.first(200).view().to_tag());
}

TEST(Notifier, a_rule_keeps_the_notify_back) {
  Subscriber subscriber(
      200, {rule(scenario::Accept{.expires = {}, .notify = scenario::NotifyTime::never})});
  subscriber.stage.send_at(1s, subscribing("dialog"));
  subscriber.stage.run_until(60s);
  EXPECT_EQ(subscriber.stage.client.times_of(200).size(), 1u);
  EXPECT_THAT(subscriber.notifies, IsEmpty());
}

TEST(Notifier, a_rule_ends_a_subscription_with_its_reason) {
  const scenario::Termination end{.after = 10s, .reason = "probation", .retry_after = 30s};
  Subscriber subscriber(200, {rule(scenario::Accept{.expires = {}, .terminate = end})});
  subscriber.stage.send_at(1s, subscribing("dialog"));
  subscriber.send_in_dialog_at(20s, subscribing("dialog", "60", 2));
  subscriber.stage.run_until(21s);
  ASSERT_THAT(subscriber.notifies, SizeIs(2));
  EXPECT_EQ(subscriber.notifies[1].at, 11s + round_trip);
  EXPECT_EQ(subscriber.notifies[1].view().header(HeaderId::subscription_state),
            "terminated;reason=probation;retry-after=30");
  EXPECT_EQ(subscriber.stage.client.last().view().status(), 481) << "there is nothing to refresh";
}

TEST(Notifier, tells_an_idle_state_unasked_to_whoever_is_registered) {
  Subscriber subscriber(481);
  subscriber.stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}});
  subscriber.stage.at(2s, [&] { subscriber.stage.server.notify_device("message-summary"); });
  subscriber.stage.run_until(40s);
  ASSERT_THAT(subscriber.notifies, SizeIs(1)) << "answered, so not repeated";
  const MessageView notify = subscriber.notifies[0].view();
  EXPECT_TRUE(notify.to_tag().empty());
  EXPECT_EQ(notify.header(HeaderId::event), "message-summary");
  EXPECT_THAT(std::string(notify.body()), HasSubstr("Messages-Waiting: no"));
}

class Lost : public testing::TestWithParam<int> {};

TEST_P(Lost, is_a_subscription_whose_notify_was_not_taken) {
  Subscriber subscriber(GetParam());
  subscriber.stage.send_at(1s, subscribing("dialog"));
  subscriber.send_in_dialog_at(50s, subscribing("dialog", "60", 2));
  subscriber.stage.run_until(51s);
  EXPECT_EQ(subscriber.stage.client.last().view().status(), 481);
}

INSTANTIATE_TEST_SUITE_P(Notifier, Lost, testing::Values(481, 489, 500, 0));

TEST(Notifier, refuses_subscriptions_beyond_its_limit) {
  Subscriber subscriber;
  for (std::uint32_t i = 0; i <= Notifier::max_subscriptions; ++i) {
    Request request = subscribing("dialog", "600", i + 1);
    request.call_id += std::to_string(i);
    subscriber.stage.send_at(1s, request);
  }
  subscriber.stage.run_until(2s);
  EXPECT_EQ(subscriber.stage.client.times_of(503).size(), 1u);
  EXPECT_EQ(subscriber.stage.client.times_of(200).size(), Notifier::max_subscriptions);
}

/// So many SUBSCRIBEs at once, each for a subscription of its own.
void flood(Stage& stage, Duration at, int count) {
  for (int i = 0; i < count; ++i) {
    Request request = subscribing("dialog");
    request.branch += "-" + std::to_string(count) + "-" + std::to_string(i);
    request.call_id += request.branch;
    stage.send_at(at, request);
  }
}

TEST(Notifier, whoever_answers_nothing_draws_few_notifies) {
  Subscriber victim(0);
  flood(victim.stage, 1s, 100);
  victim.stage.run_until(20s);
  flood(victim.stage, 20s, 99);
  victim.stage.run_until(40s);
  std::set<std::string> branches;
  for (const Seen& notify : victim.notifies) branches.emplace(notify.view().branch());
  EXPECT_THAT(branches, SizeIs(Notifier::most_unanswered));
  EXPECT_THAT(victim.stage.journal.all<journal::Remark>(), SizeIs(1));
  victim.notifies.clear();
  victim.stage.run_until(100s);
  EXPECT_THAT(victim.notifies, IsEmpty()) << "those that waited lapsed";
}

TEST(Notifier, whoever_answers_one_is_notified_of_all) {
  Subscriber subscriber;
  flood(subscriber.stage, 1s, 100);
  subscriber.stage.run_until(2s);
  EXPECT_THAT(subscriber.notifies, SizeIs(100));
  flood(subscriber.stage, 2s, 99);
  subscriber.stage.run_until(2100ms);
  EXPECT_THAT(subscriber.notifies, SizeIs(199));
}

}  // namespace
}  // namespace fake_servers::test
