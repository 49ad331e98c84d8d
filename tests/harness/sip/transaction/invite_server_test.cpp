#include "harness/sip/transaction/invite_server.hpp"

#include "tests/harness/sip/transaction/figure.hpp"

namespace sipharness::sip {
namespace {

using State = InviteServer::State;
using Event = InviteServer::Event;

const Timers timers;
const ServerQuirks by_the_book;
const ServerRules udp{timers, by_the_book, false};
const ServerRules tcp{timers, by_the_book, true};
const InviteServer after_first_interval{State::proceeding, 500ms, 0};

// RFC 6026 figure 7: RFC 3261 figure 7 with Accepted, and without ends by transport error.
std::vector<Arrow<InviteServer>> figure_7_over_udp() {
  return {
      {"INVITE",
       State::proceeding,
       Event::start,
       State::proceeding,
       {arm(TimerName::trying, 200ms), Act::deliver}},
      {"INVITE again", State::proceeding, Event::request, State::proceeding, {Act::send}},
      {"200 ms passed",
       State::proceeding,
       Event::timer_trying,
       State::proceeding,
       {Act::send_trying}},
      {"101-199 from TU",
       State::proceeding,
       Event::provisional,
       State::proceeding,
       {Act::send, disarm(TimerName::trying)}},
      {"2xx from TU",
       State::proceeding,
       Event::success,
       State::accepted,
       {Act::send, disarm(TimerName::trying), arm(TimerName::l, 32s)}},
      {"300-699 from TU",
       State::proceeding,
       Event::failure,
       State::completed,
       {Act::send, arm(TimerName::h, 32s), arm(TimerName::g, 500ms)}},
      {"2xx from TU again", State::accepted, Event::success, State::accepted, {Act::send}},
      {"ACK", State::accepted, Event::ack, State::accepted, {Act::deliver}},
      {"Timer L fires", State::accepted, Event::timer_l, State::terminated, {}},
      {"INVITE again", State::completed, Event::request, State::completed, {Act::send}},
      {"Timer G fires",
       State::completed,
       Event::timer_g,
       State::completed,
       {Act::send, arm(TimerName::g, 1s)}},
      {"ACK",
       State::completed,
       Event::ack,
       State::confirmed,
       {disarm(TimerName::g), arm(TimerName::i, 5s), Act::report_ack}},
      {"Timer H fires", State::completed, Event::timer_h, State::terminated, {Act::report_timeout}},
      {"Timer I fires", State::confirmed, Event::timer_i, State::terminated, {}},
  };
}

TEST(InviteServer, has_the_arrows_of_figure_7_and_no_others) {
  expect_figure(figure_7_over_udp(), after_first_interval, udp);
}

TEST(InviteServer, over_a_stream_needs_neither_timer_g_nor_timer_i) {
  auto arrows = figure_7_over_udp();
  for (auto& arrow : arrows) {
    if (arrow.on == Event::failure) {
      arrow.actions = {Act::send, arm(TimerName::h, 32s), disarm(TimerName::trying)};
    }
    if (arrow.on == Event::ack && arrow.from == State::completed) {
      arrow.to = State::terminated;
      arrow.actions = {Act::report_ack};
    }
  }
  expect_figure(arrows, after_first_interval, tcp);
}

TEST(InviteServer, timer_g_doubles_up_to_t2) {
  EXPECT_EQ(pace(InviteServer{}, Event::failure, Event::timer_g, udp, 7),
            (std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms}));
}

TEST(InviteServer, doubles_timer_g_for_ever_when_that_is_its_quirk) {
  const ServerQuirks quirks{.uncap_timer_g = true};
  EXPECT_EQ(
      pace(InviteServer{}, Event::failure, Event::timer_g, ServerRules{timers, quirks, false}, 6),
      (std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms}));
}

TEST(InviteServer, sends_a_final_response_once_when_that_is_its_quirk) {
  const ServerQuirks quirks{.never_resend_final = true, .give_up_factor = 0.5};
  const auto taken = step(InviteServer{}, Event::failure, ServerRules{timers, quirks, false});
  const Actions expected{Act::send, arm(TimerName::h, 16s), disarm(TimerName::trying)};
  EXPECT_TRUE(taken.actions == expected) << describe(taken.actions);
}

TEST(InviteServer, goes_on_after_the_ack_when_that_is_its_quirk) {
  const ServerQuirks quirks{.ignore_ack = true};
  const auto taken = step(InviteServer{State::completed, 500ms, 0}, Event::ack,
                          ServerRules{timers, quirks, false});
  EXPECT_EQ(taken.next.state, State::completed);
  EXPECT_TRUE(taken.actions == Actions{}) << describe(taken.actions);
}

TEST(InviteServer, forgets_at_once_when_that_is_its_quirk) {
  const ServerQuirks quirks{.forget_when_answered = true};
  const ServerRules rules{timers, quirks, false};
  EXPECT_EQ(step(InviteServer{}, Event::success, rules).next.state, State::terminated);
  EXPECT_EQ(step(InviteServer{State::completed, 1s, 1}, Event::ack, rules).next.state,
            State::terminated);
}

}  // namespace
}  // namespace sipharness::sip
