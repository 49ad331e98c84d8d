#pragma once
// A state machine's figure as a table of its arrows, and the test that the machine has these arrows
// and no others: every (state, event) without one must change and do nothing.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/sip/transaction/step.hpp"

namespace sipharness::sip {

template <class Machine>
struct Arrow {
  const char* name;
  typename Machine::State from;
  typename Machine::Event on;
  typename Machine::State to;
  Actions actions;
};

inline std::string describe(const Actions& actions) {
  std::string text;
  for (const Action& action : actions) {
    text += "act " + std::to_string(static_cast<int>(action.act)) + " timer " +
            std::to_string(static_cast<int>(action.timer)) + " after " +
            format_seconds(action.after) + "; ";
  }
  return text.empty() ? "nothing" : text;
}

template <class Machine, class Rules>
void expect_figure(const std::vector<Arrow<Machine>>& arrows, Machine machine, const Rules& rules) {
  using State = typename Machine::State;
  using Event = typename Machine::Event;
  for (int s = 0; s <= static_cast<int>(State::terminated); ++s) {
    for (int e = 0; e <= static_cast<int>(Event::transport_error); ++e) {
      machine.state = static_cast<State>(s);
      const auto event = static_cast<Event>(e);
      const auto arrow = std::ranges::find_if(
          arrows, [&](const auto& a) { return a.from == machine.state && a.on == event; });
      const bool drawn = arrow != arrows.end();
      const Actions expected = drawn ? arrow->actions : Actions{};
      const auto [next, actions] = step(machine, event, rules);
      const std::string where = (drawn ? arrow->name : "no arrow") + std::string(": state ") +
                                std::to_string(s) + ", event " + std::to_string(e);
      EXPECT_EQ(next.state, drawn ? arrow->to : machine.state) << where;
      EXPECT_TRUE(actions == expected)
          << where << "\n  does   " << describe(actions) << "\n  should " << describe(expected);
    }
  }
}

/// Where Timer A, E or G fires when nothing ever comes: the offsets from the start.
template <class Machine, class Rules>
std::vector<Duration> pace(Machine machine, typename Machine::Event first,
                           typename Machine::Event tick, const Rules& rules, int count) {
  std::vector<Duration> offsets;
  Duration now{};
  auto taken = step(machine, first, rules);
  for (int i = 0; i < count; ++i) {
    for (const Action& action : taken.actions) {
      if (action.act == Act::arm && is_pacer(action.timer)) now += action.after;
    }
    offsets.push_back(now);
    taken = step(taken.next, tick, rules);
  }
  return offsets;
}

}  // namespace sipharness::sip
