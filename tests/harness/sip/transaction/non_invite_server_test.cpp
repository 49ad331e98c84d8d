#include "harness/sip/transaction/non_invite_server.hpp"

#include "tests/harness/sip/transaction/figure.hpp"

namespace sipharness::sip {
namespace {

using State = NonInviteServer::State;
using Event = NonInviteServer::Event;

const Timers timers;
const ServerQuirks by_the_book;

// RFC 3261 figure 8.
std::vector<Arrow<NonInviteServer>> figure_8_over_udp() {
  const Actions complete{Act::send, arm(TimerName::j, 32s)};
  return {
      {"request", State::trying, Event::start, State::trying, {Act::deliver}},
      {"1xx from TU", State::trying, Event::provisional, State::proceeding, {Act::send}},
      {"200-699 from TU", State::trying, Event::success, State::completed, complete},
      {"200-699 from TU", State::trying, Event::failure, State::completed, complete},
      {"request again", State::proceeding, Event::request, State::proceeding, {Act::send}},
      {"1xx from TU", State::proceeding, Event::provisional, State::proceeding, {Act::send}},
      {"200-699 from TU", State::proceeding, Event::success, State::completed, complete},
      {"200-699 from TU", State::proceeding, Event::failure, State::completed, complete},
      {"transport error",
       State::proceeding,
       Event::transport_error,
       State::terminated,
       {Act::report_transport}},
      {"request again", State::completed, Event::request, State::completed, {Act::send}},
      {"Timer J fires", State::completed, Event::timer_j, State::terminated, {}},
      {"transport error",
       State::completed,
       Event::transport_error,
       State::terminated,
       {Act::report_transport}},
  };
}

TEST(NonInviteServer, has_the_arrows_of_figure_8_and_no_others) {
  expect_figure(figure_8_over_udp(), NonInviteServer{}, ServerRules{timers, by_the_book, false});
}

TEST(NonInviteServer, over_a_stream_ends_with_its_final_response) {
  auto arrows = figure_8_over_udp();
  for (auto& arrow : arrows) {
    if (arrow.on != Event::success && arrow.on != Event::failure) continue;
    arrow.to = State::terminated;
    arrow.actions = {Act::send};
  }
  expect_figure(arrows, NonInviteServer{}, ServerRules{timers, by_the_book, true});
}

TEST(NonInviteServer, forgets_at_once_when_that_is_its_quirk) {
  const ServerQuirks quirks{.forget_when_answered = true};
  EXPECT_EQ(step(NonInviteServer{}, Event::success, ServerRules{timers, quirks, false}).next.state,
            State::terminated);
}

}  // namespace
}  // namespace sipharness::sip
