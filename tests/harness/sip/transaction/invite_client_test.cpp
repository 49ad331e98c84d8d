#include "harness/sip/transaction/invite_client.hpp"

#include "tests/harness/sip/transaction/figure.hpp"

namespace sipharness::sip {
namespace {

using State = InviteClient::State;
using Event = InviteClient::Event;
using InviteClientArrow = Arrow<InviteClient>;

const Timers timers;
const ClientQuirks by_the_book;
const ClientRules udp{timers, by_the_book, false};
const ClientRules tcp{timers, by_the_book, true};
const InviteClient after_first_send{State::calling, 500ms, 0};

// RFC 3261 figure 5 with RFC 6026's Accepted.
std::vector<InviteClientArrow> figure_5_over_udp() {
  const Actions accept{disarm(TimerName::a), arm(TimerName::m, 32s), Act::deliver};
  const Actions complete{Act::send_ack, disarm(TimerName::a), arm(TimerName::d, 32s), Act::deliver};
  return {
      {"INVITE from TU",
       State::calling,
       Event::start,
       State::calling,
       {Act::send, arm(TimerName::b, 32s), arm(TimerName::a, 500ms)}},
      {"Timer A fires",
       State::calling,
       Event::timer_a,
       State::calling,
       {Act::send, arm(TimerName::a, 1s)}},
      {"Timer B fires", State::calling, Event::timer_b, State::terminated, {Act::report_timeout}},
      {"transport error",
       State::calling,
       Event::transport_error,
       State::terminated,
       {Act::report_transport}},
      {"1xx",
       State::calling,
       Event::provisional,
       State::proceeding,
       {disarm(TimerName::b), disarm(TimerName::a), Act::deliver}},
      {"2xx", State::calling, Event::success, State::accepted, accept},
      {"300-699", State::calling, Event::failure, State::completed, complete},
      {"1xx again", State::proceeding, Event::provisional, State::proceeding, {Act::deliver}},
      {"2xx", State::proceeding, Event::success, State::accepted, accept},
      {"300-699", State::proceeding, Event::failure, State::completed, complete},
      {"300-699 again", State::completed, Event::failure, State::completed, {Act::send_ack}},
      {"transport error",
       State::completed,
       Event::transport_error,
       State::terminated,
       {Act::report_transport}},
      {"Timer D fires", State::completed, Event::timer_d, State::terminated, {}},
      {"2xx again", State::accepted, Event::success, State::accepted, {Act::deliver}},
      {"Timer M fires", State::accepted, Event::timer_m, State::terminated, {}},
  };
}

TEST(InviteClient, has_the_arrows_of_figure_5_and_no_others) {
  expect_figure(figure_5_over_udp(), after_first_send, udp);
}

TEST(InviteClient, over_a_stream_needs_neither_timer_a_nor_timer_d) {
  auto arrows = figure_5_over_udp();
  for (auto& arrow : arrows) {
    if (arrow.on == Event::start) arrow.actions = {Act::send, arm(TimerName::b, 32s)};
    if (arrow.on == Event::failure && arrow.from != State::completed) {
      arrow.to = State::terminated;
      arrow.actions = {Act::send_ack, Act::deliver};
    }
  }
  expect_figure(arrows, after_first_send, tcp);
}

TEST(InviteClient, timer_a_doubles_without_a_cap) {
  EXPECT_EQ(pace(InviteClient{}, Event::start, Event::timer_a, udp, 6),
            (std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms}));
}

TEST(InviteClient, waits_at_least_32_s_in_timer_d_however_small_t1) {
  const Timers fast{100ms, 4s, 5s};
  const auto taken = step(after_first_send, Event::failure, ClientRules{fast, by_the_book, false});
  const Actions expected{Act::send_ack, disarm(TimerName::a), arm(TimerName::d, 32s), Act::deliver};
  EXPECT_TRUE(taken.actions == expected) << describe(taken.actions);
}

TEST(InviteClient, caps_timer_a_at_t2_when_that_is_its_quirk) {
  const ClientQuirks quirks{.cap_timer_a = true};
  EXPECT_EQ(
      pace(InviteClient{}, Event::start, Event::timer_a, ClientRules{timers, quirks, false}, 5),
      (std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 11500ms}));
}

TEST(InviteClient, scales_timers_a_and_b_apart_when_that_is_its_quirk) {
  const ClientQuirks quirks{.interval_scale = 0.5, .give_up_factor = 2.0};
  const auto taken = step(InviteClient{}, Event::start, ClientRules{timers, quirks, false});
  const Actions expected{Act::send, arm(TimerName::b, 64s), arm(TimerName::a, 250ms)};
  EXPECT_TRUE(taken.actions == expected) << describe(taken.actions);
}

TEST(InviteClient, gives_up_when_it_would_repeat_once_more_than_allowed) {
  const ClientQuirks quirks{.max_retransmissions = 2};
  const ClientRules rules{timers, quirks, false};
  const auto third = step(InviteClient{State::calling, 2s, 2}, Event::timer_a, rules);
  EXPECT_EQ(third.next.state, State::terminated);
  EXPECT_TRUE(third.actions == Actions{Act::report_timeout}) << describe(third.actions);
  EXPECT_EQ(step(InviteClient{State::calling, 1s, 1}, Event::timer_a, rules).next.repeats, 2);
}

TEST(InviteClient, goes_on_repeating_after_a_provisional_when_that_is_its_quirk) {
  const ClientQuirks quirks{.resend_after_provisional = true};
  const ClientRules rules{timers, quirks, false};
  const auto answered = step(after_first_send, Event::provisional, rules);
  const Actions keeps_timer_a{disarm(TimerName::b), Act::deliver};
  EXPECT_TRUE(answered.actions == keeps_timer_a) << describe(answered.actions);
  const auto repeated = step(answered.next, Event::timer_a, rules);
  const Actions repeats{Act::send, arm(TimerName::a, 1s)};
  EXPECT_TRUE(repeated.actions == repeats) << describe(repeated.actions);
}

TEST(InviteClient, hears_a_provisional_after_the_answer_when_that_is_its_quirk) {
  const ClientQuirks quirks{.deliver_overtaken = true};
  const auto heard = step(InviteClient{State::accepted, 500ms, 0}, Event::provisional,
                          ClientRules{timers, quirks, false});
  EXPECT_EQ(heard.next.state, State::accepted);
  EXPECT_TRUE(heard.actions == Actions{Act::deliver}) << describe(heard.actions);
}

TEST(InviteClient, acknowledges_once_when_that_is_its_quirk) {
  const ClientQuirks quirks{.ack_only_once = true};
  const auto taken = step(InviteClient{State::completed, 500ms, 0}, Event::failure,
                          ClientRules{timers, quirks, false});
  EXPECT_TRUE(taken.actions == Actions{}) << describe(taken.actions);
}

}  // namespace
}  // namespace sipharness::sip
