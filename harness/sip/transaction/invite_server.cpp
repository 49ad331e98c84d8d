#include "harness/sip/transaction/invite_server.hpp"

#include "harness/base/assert.hpp"

namespace sipharness::sip {
namespace {

using State = InviteServer::State;
using Event = InviteServer::Event;
using Next = Step<InviteServer>;

constexpr Duration trying_after = 200ms;

Next enter(InviteServer now, State state, const Actions& actions) {
  now.state = state;
  return {now, actions};
}

Next accept(InviteServer now, const ServerRules& rules) {
  if (rules.quirks.forget_when_answered) return enter(now, State::terminated, {Act::send});
  // The 2xx is repeated by the UAS core (§13.3.1.4), so Timer G stays out.
  return enter(
      now, State::accepted,
      {Act::send, disarm(TimerName::trying), arm(TimerName::l, rules.timers.sixty_four_t1())});
}

Next reject(InviteServer now, const ServerRules& rules) {
  now.interval = scaled(rules.timers.t1, rules.quirks.interval_scale);
  const Duration timeout = scaled(rules.timers.sixty_four_t1(), rules.quirks.give_up_factor);
  const bool sent_once = rules.reliable || rules.quirks.never_resend_final;
  return enter(now, State::completed,
               {Act::send, arm(TimerName::h, timeout),
                sent_once ? disarm(TimerName::trying) : arm(TimerName::g, now.interval)});
}

Next proceeding(InviteServer now, Event event, const ServerRules& rules) {
  switch (event) {
    case Event::start:
      return {now, {arm(TimerName::trying, trying_after), Act::deliver}};
    case Event::request:
      return {now, {Act::send}};
    case Event::timer_trying:
      return {now, {Act::send_trying}};
    case Event::provisional:
      return {now, {Act::send, disarm(TimerName::trying)}};
    case Event::success:
      return accept(now, rules);
    case Event::failure:
      return reject(now, rules);
    default:
      return {now, {}};
  }
}

Next accepted(InviteServer now, Event event) {
  switch (event) {
    case Event::ack:
      return {now, {Act::deliver}};
    case Event::success:
      return {now, {Act::send}};
    case Event::timer_l:
      return enter(now, State::terminated, {});
    default:
      return {now, {}};
  }
}

Next confirm(InviteServer now, const ServerRules& rules) {
  if (rules.quirks.ignore_ack) return {now, {}};
  // Timer I is zero on a stream.
  if (rules.reliable || rules.quirks.forget_when_answered) {
    return enter(now, State::terminated, {Act::report_ack});
  }
  return enter(now, State::confirmed,
               {disarm(TimerName::g), arm(TimerName::i, rules.timers.t4), Act::report_ack});
}

Next completed(InviteServer now, Event event, const ServerRules& rules) {
  switch (event) {
    case Event::request:
      ++now.repeats;
      return {now, {Act::send}};
    case Event::timer_g:
      now.interval =
          rules.quirks.uncap_timer_g ? 2 * now.interval : doubled(now.interval, rules.timers.t2);
      ++now.repeats;
      return {now, {Act::send, arm(TimerName::g, now.interval)}};
    case Event::ack:
      return confirm(now, rules);
    case Event::timer_h:
      return enter(now, State::terminated, {Act::report_timeout});
    default:
      return {now, {}};
  }
}

}  // namespace

Event InviteServer::fired(TimerName timer) {
  switch (timer) {
    case TimerName::trying:
      return Event::timer_trying;
    case TimerName::g:
      return Event::timer_g;
    case TimerName::h:
      return Event::timer_h;
    case TimerName::i:
      return Event::timer_i;
    default:
      SIPHARNESS_ASSERT(timer == TimerName::l, "INVITE server transaction", TimePoint{});
      return Event::timer_l;
  }
}

Step<InviteServer> step(InviteServer now, Event event, const ServerRules& rules) {
  switch (now.state) {
    case State::proceeding:
      return proceeding(now, event, rules);
    case State::accepted:
      return accepted(now, event);
    case State::completed:
      return completed(now, event, rules);
    case State::confirmed:
      if (event == Event::timer_i) return enter(now, State::terminated, {});
      break;
    case State::terminated:
      break;
  }
  return {now, {}};
}

}  // namespace sipharness::sip
