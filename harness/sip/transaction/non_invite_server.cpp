#include "harness/sip/transaction/non_invite_server.hpp"

#include "harness/base/assert.hpp"

namespace sipharness::sip {
namespace {

using State = NonInviteServer::State;
using Event = NonInviteServer::Event;
using Next = Step<NonInviteServer>;

Next enter(NonInviteServer now, State state, const Actions& actions) {
  now.state = state;
  return {now, actions};
}

Next complete(NonInviteServer now, const ServerRules& rules) {
  // Timer J is zero on a stream.
  if (rules.reliable || rules.quirks.forget_when_answered) {
    return enter(now, State::terminated, {Act::send});
  }
  return enter(now, State::completed, {Act::send, arm(TimerName::j, rules.timers.sixty_four_t1())});
}

Next trying(NonInviteServer now, Event event, const ServerRules& rules) {
  switch (event) {
    case Event::start:
      return {now, {Act::deliver}};
    case Event::provisional:
      return enter(now, State::proceeding, {Act::send});
    case Event::success:
    case Event::failure:
      return complete(now, rules);
    default:
      return {now, {}};
  }
}

Next proceeding(NonInviteServer now, Event event, const ServerRules& rules) {
  switch (event) {
    case Event::request:
    case Event::provisional:
      return {now, {Act::send}};
    case Event::success:
    case Event::failure:
      return complete(now, rules);
    case Event::transport_error:
      return enter(now, State::terminated, {Act::report_transport});
    default:
      return {now, {}};
  }
}

Next completed(NonInviteServer now, Event event) {
  switch (event) {
    case Event::request:
      ++now.repeats;
      return {now, {Act::send}};
    case Event::timer_j:
      return enter(now, State::terminated, {});
    case Event::transport_error:
      return enter(now, State::terminated, {Act::report_transport});
    default:
      return {now, {}};
  }
}

}  // namespace

Event NonInviteServer::fired(TimerName timer) {
  SIPHARNESS_ASSERT(timer == TimerName::j, "non-INVITE server transaction", TimePoint{});
  return Event::timer_j;
}

Step<NonInviteServer> step(NonInviteServer now, Event event, const ServerRules& rules) {
  switch (now.state) {
    case State::trying:
      return trying(now, event, rules);
    case State::proceeding:
      return proceeding(now, event, rules);
    case State::completed:
      return completed(now, event);
    case State::terminated:
      break;
  }
  return {now, {}};
}

}  // namespace sipharness::sip
