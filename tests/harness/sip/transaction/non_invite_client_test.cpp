#include "harness/sip/transaction/non_invite_client.hpp"

#include "tests/harness/sip/transaction/figure.hpp"

namespace sipharness::sip {
namespace {

using State = NonInviteClient::State;
using Event = NonInviteClient::Event;

const Timers timers;
const ClientQuirks by_the_book;
const ClientRules udp{timers, by_the_book, false};
const ClientRules tcp{timers, by_the_book, true};
const NonInviteClient after_first_send{State::trying, 500ms, 0};

// RFC 3261 figure 6.
std::vector<Arrow<NonInviteClient>> figure_6_over_udp() {
  const Actions complete{disarm(TimerName::e), arm(TimerName::k, 5s), Act::deliver};
  return {
      {"request from TU",
       State::trying,
       Event::start,
       State::trying,
       {Act::send, arm(TimerName::f, 32s), arm(TimerName::e, 500ms)}},
      {"Timer E fires",
       State::trying,
       Event::timer_e,
       State::trying,
       {Act::send, arm(TimerName::e, 1s)}},
      {"Timer F fires", State::trying, Event::timer_f, State::terminated, {Act::report_timeout}},
      {"transport error",
       State::trying,
       Event::transport_error,
       State::terminated,
       {Act::report_transport}},
      {"1xx", State::trying, Event::provisional, State::proceeding, {Act::deliver}},
      {"200-699", State::trying, Event::success, State::completed, complete},
      {"200-699", State::trying, Event::failure, State::completed, complete},
      {"Timer E fires",
       State::proceeding,
       Event::timer_e,
       State::proceeding,
       {Act::send, arm(TimerName::e, 4s)}},
      {"Timer F fires",
       State::proceeding,
       Event::timer_f,
       State::terminated,
       {Act::report_timeout}},
      {"transport error",
       State::proceeding,
       Event::transport_error,
       State::terminated,
       {Act::report_transport}},
      {"1xx", State::proceeding, Event::provisional, State::proceeding, {Act::deliver}},
      {"200-699", State::proceeding, Event::success, State::completed, complete},
      {"200-699", State::proceeding, Event::failure, State::completed, complete},
      {"Timer K fires", State::completed, Event::timer_k, State::terminated, {}},
  };
}

TEST(NonInviteClient, has_the_arrows_of_figure_6_and_no_others) {
  expect_figure(figure_6_over_udp(), after_first_send, udp);
}

TEST(NonInviteClient, over_a_stream_needs_neither_timer_e_nor_timer_k) {
  auto arrows = figure_6_over_udp();
  for (auto& arrow : arrows) {
    if (arrow.on == Event::start) arrow.actions = {Act::send, arm(TimerName::f, 32s)};
    if (arrow.on == Event::success || arrow.on == Event::failure) {
      arrow.to = State::terminated;
      arrow.actions = {Act::deliver};
    }
  }
  expect_figure(arrows, after_first_send, tcp);
}

TEST(NonInviteClient, timer_e_doubles_up_to_t2) {
  EXPECT_EQ(pace(NonInviteClient{}, Event::start, Event::timer_e, udp, 7),
            (std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms}));
}

TEST(NonInviteClient, doubles_timer_e_for_ever_when_that_is_its_quirk) {
  const ClientQuirks quirks{.uncap_timer_e = true};
  EXPECT_EQ(
      pace(NonInviteClient{}, Event::start, Event::timer_e, ClientRules{timers, quirks, false}, 6),
      (std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms}));
}

TEST(NonInviteClient, falls_silent_after_a_provisional_when_that_is_its_quirk) {
  const ClientQuirks quirks{.rest_after_provisional = true};
  const auto taken = step(after_first_send, Event::provisional, ClientRules{timers, quirks, false});
  const Actions expected{disarm(TimerName::e), Act::deliver};
  EXPECT_TRUE(taken.actions == expected) << describe(taken.actions);
}

TEST(NonInviteClient, forgets_at_the_answer_when_that_is_its_quirk) {
  const ClientQuirks quirks{.forget_when_answered = true};
  const auto taken = step(after_first_send, Event::success, ClientRules{timers, quirks, false});
  EXPECT_EQ(taken.next.state, NonInviteClient::State::terminated);
  const Actions expected{Act::deliver};
  EXPECT_TRUE(taken.actions == expected) << describe(taken.actions);
}

TEST(NonInviteClient, counts_repeats_against_their_limit_only_while_unanswered) {
  const ClientQuirks quirks{.max_retransmissions = 2};
  const ClientRules rules{timers, quirks, false};
  EXPECT_EQ(step(NonInviteClient{State::trying, 2s, 2}, Event::timer_e, rules).next.state,
            State::terminated);
  EXPECT_EQ(step(NonInviteClient{State::proceeding, 2s, 2}, Event::timer_e, rules).next,
            (NonInviteClient{State::proceeding, 4s, 3}));
}

TEST(NonInviteClient, scales_timers_e_and_f_apart_when_that_is_its_quirk) {
  const ClientQuirks quirks{.interval_scale = 3.0, .give_up_factor = 0.25};
  const auto taken = step(NonInviteClient{}, Event::start, ClientRules{timers, quirks, false});
  const Actions expected{Act::send, arm(TimerName::f, 8s), arm(TimerName::e, 1500ms)};
  EXPECT_TRUE(taken.actions == expected) << describe(taken.actions);
}

}  // namespace
}  // namespace sipharness::sip
