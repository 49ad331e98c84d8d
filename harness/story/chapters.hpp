#pragma once
// The chapters of a story, each told from the facts of one phone or from the trace.

#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/story/story.hpp"

namespace sipharness::story {

Moment moment_of(const observed::Phone& phone, std::size_t message);

std::vector<RegistrationsAtServer> tell_registrations(const observed::Phone& phone);
std::vector<Call> tell_calls(const observed::Phone& phone);
std::vector<Subscription> tell_subscriptions(const observed::Phone& phone);
std::vector<Outage> tell_outages(const observed::Phone& phone);
Timers tell_timers(const observed::Phone& phone);

/// What speaks for where the capture was taken, and which direction it lacks.
std::vector<std::string> tell_hints(const trace::Trace& trace);
std::vector<LeftOut> tell_left_out(const trace::Trace& trace);

}  // namespace sipharness::story
