#include "harness/sip/transaction/non_invite_client.hpp"

#include "harness/base/assert.hpp"

namespace sipharness::sip {
namespace {

using State = NonInviteClient::State;
using Event = NonInviteClient::Event;
using Next = Step<NonInviteClient>;

Next enter(NonInviteClient now, State state, const Actions& actions) {
  now.state = state;
  return {now, actions};
}

Next start(NonInviteClient now, const ClientRules& rules) {
  now.interval = scaled(rules.timers.t1, rules.quirks.interval_scale);
  const Duration timeout = scaled(rules.timers.sixty_four_t1(), rules.quirks.give_up_factor);
  Actions actions{Act::send, arm(TimerName::f, timeout)};
  if (!rules.reliable || rules.quirks.resend_on_streams)
    actions.add(arm(TimerName::e, now.interval));
  return {now, actions};
}

Next repeat(NonInviteClient now, Duration interval) {
  now.interval = interval;
  ++now.repeats;
  return {now, {Act::send, arm(TimerName::e, interval)}};
}

Next complete(NonInviteClient now, const ClientRules& rules) {
  // Timer K is zero on a stream.
  if (rules.reliable || rules.quirks.forget_when_answered)
    return enter(now, State::terminated, {Act::deliver});
  return enter(now, State::completed,
               {disarm(TimerName::e), arm(TimerName::k, rules.timers.t4), Act::deliver});
}

/// What Trying and Proceeding have in common.
Next unanswered(NonInviteClient now, Event event, const ClientRules& rules) {
  switch (event) {
    case Event::success:
    case Event::failure:
      return complete(now, rules);
    case Event::timer_f:
      return enter(now, State::terminated, {Act::report_timeout});
    case Event::transport_error:
      return enter(now, State::terminated, {Act::report_transport});
    default:
      return {now, {}};
  }
}

Next trying(NonInviteClient now, Event event, const ClientRules& rules) {
  switch (event) {
    case Event::start:
      return start(now, rules);
    case Event::provisional:
      // §17.1.2.2: Timer E stays as it was armed; only its next interval is T2.
      return enter(now, State::proceeding,
                   rules.quirks.rest_after_provisional ? Actions{disarm(TimerName::e), Act::deliver}
                                                       : Actions{Act::deliver});
    case Event::timer_e:
      if (now.repeats == rules.quirks.max_retransmissions) {
        return enter(now, State::terminated, {Act::report_timeout});
      }
      return repeat(now, rules.quirks.uncap_timer_e ? 2 * now.interval
                                                    : doubled(now.interval, rules.timers.t2));
    default:
      return unanswered(now, event, rules);
  }
}

Next proceeding(NonInviteClient now, Event event, const ClientRules& rules) {
  switch (event) {
    case Event::provisional:
      return {now, {Act::deliver}};
    case Event::timer_e:
      return repeat(now, rules.timers.t2);
    default:
      return unanswered(now, event, rules);
  }
}

}  // namespace

Event NonInviteClient::fired(TimerName timer) {
  switch (timer) {
    case TimerName::e:
      return Event::timer_e;
    case TimerName::f:
      return Event::timer_f;
    default:
      SIPHARNESS_ASSERT(timer == TimerName::k, "non-INVITE client transaction", TimePoint{});
      return Event::timer_k;
  }
}

Step<NonInviteClient> step(NonInviteClient now, Event event, const ClientRules& rules) {
  switch (now.state) {
    case State::trying:
      return trying(now, event, rules);
    case State::proceeding:
      return proceeding(now, event, rules);
    case State::completed:
      if (event == Event::timer_k) return enter(now, State::terminated, {});
      break;
    case State::terminated:
      break;
  }
  return {now, {}};
}

}  // namespace sipharness::sip
