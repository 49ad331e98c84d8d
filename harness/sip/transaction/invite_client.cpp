#include "harness/sip/transaction/invite_client.hpp"

#include "harness/base/assert.hpp"

namespace sipharness::sip {
namespace {

using State = InviteClient::State;
using Event = InviteClient::Event;
using Next = Step<InviteClient>;

Next enter(InviteClient now, State state, const Actions& actions) {
  now.state = state;
  return {now, actions};
}

Next start(InviteClient now, const ClientRules& rules) {
  now.interval = scaled(rules.timers.t1, rules.quirks.interval_scale);
  const Duration timeout = scaled(rules.timers.sixty_four_t1(), rules.quirks.give_up_factor);
  Actions actions{Act::send, arm(TimerName::b, timeout)};
  if (!rules.reliable || rules.quirks.resend_on_streams)
    actions.add(arm(TimerName::a, now.interval));
  return {now, actions};
}

Next repeat(InviteClient now, const ClientRules& rules) {
  if (now.repeats == rules.quirks.max_retransmissions) {
    return enter(now, State::terminated, {Act::report_timeout});
  }
  // §17.1.1.2: Timer A doubles without the cap that T2 is for Timers E and G.
  now.interval = rules.quirks.cap_timer_a ? doubled(now.interval, rules.timers.t2)  //
                                          : 2 * now.interval;
  ++now.repeats;
  return {now, {Act::send, arm(TimerName::a, now.interval)}};
}

Next proceed(InviteClient now, const ClientRules& rules) {
  Actions actions{disarm(TimerName::b)};
  if (!rules.quirks.resend_after_provisional) actions.add(disarm(TimerName::a));
  actions.add(Act::deliver);
  return enter(now, State::proceeding, actions);
}

Next accept(InviteClient now, const ClientRules& rules) {
  return enter(
      now, State::accepted,
      {disarm(TimerName::a), arm(TimerName::m, rules.timers.sixty_four_t1()), Act::deliver});
}

Next complete(InviteClient now, const ClientRules& rules) {
  // Timer D is zero on a stream.
  if (rules.reliable) return enter(now, State::terminated, {Act::send_ack, Act::deliver});
  return enter(
      now, State::completed,
      {Act::send_ack, disarm(TimerName::a), arm(TimerName::d, rules.timers.d()), Act::deliver});
}

Next calling(InviteClient now, Event event, const ClientRules& rules) {
  switch (event) {
    case Event::start:
      return start(now, rules);
    case Event::provisional:
      return proceed(now, rules);
    case Event::success:
      return accept(now, rules);
    case Event::failure:
      return complete(now, rules);
    case Event::timer_a:
      return repeat(now, rules);
    case Event::timer_b:
      return enter(now, State::terminated, {Act::report_timeout});
    case Event::transport_error:
      return enter(now, State::terminated, {Act::report_transport});
    default:
      return {now, {}};
  }
}

Next proceeding(InviteClient now, Event event, const ClientRules& rules) {
  switch (event) {
    case Event::provisional:
      return {now, {Act::deliver}};
    case Event::success:
      return accept(now, rules);
    case Event::failure:
      return complete(now, rules);
    case Event::timer_a:  // by the book it was disarmed
      return rules.quirks.resend_after_provisional ? repeat(now, rules) : Next{now, {}};
    default:
      return {now, {}};
  }
}

Next completed(InviteClient now, Event event, const ClientRules& rules) {
  switch (event) {
    case Event::failure:
      return rules.quirks.ack_only_once ? Next{now, {}} : Next{now, {Act::send_ack}};
    case Event::timer_d:
      return enter(now, State::terminated, {});
    case Event::transport_error:
      return enter(now, State::terminated, {Act::report_transport});
    default:
      return {now, {}};
  }
}

Next accepted(InviteClient now, Event event, const ClientRules& rules) {
  switch (event) {
    case Event::provisional:
      return rules.quirks.deliver_overtaken ? Next{now, {Act::deliver}} : Next{now, {}};
    case Event::success:
      return {now, {Act::deliver}};
    case Event::timer_m:
      return enter(now, State::terminated, {});
    default:
      return {now, {}};
  }
}

}  // namespace

Event InviteClient::fired(TimerName timer) {
  switch (timer) {
    case TimerName::a:
      return Event::timer_a;
    case TimerName::b:
      return Event::timer_b;
    case TimerName::d:
      return Event::timer_d;
    default:
      SIPHARNESS_ASSERT(timer == TimerName::m, "INVITE client transaction", TimePoint{});
      return Event::timer_m;
  }
}

Step<InviteClient> step(InviteClient now, Event event, const ClientRules& rules) {
  switch (now.state) {
    case State::calling:
      return calling(now, event, rules);
    case State::proceeding:
      return proceeding(now, event, rules);
    case State::completed:
      return completed(now, event, rules);
    case State::accepted:
      return accepted(now, event, rules);
    case State::terminated:
      break;
  }
  return {now, {}};
}

}  // namespace sipharness::sip
