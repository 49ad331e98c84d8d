#pragma once
// When something held: a registration, a call, a fault. The page draws them along its lifelines.
// Times are whole microseconds since scenario zero.

#include <nlohmann/json_fwd.hpp>

#include "harness/story/story.hpp"
#include "harness/trace/trace.hpp"

namespace reports {

/// {"name", "t1", "bound": {server: [[from, until, how it ended], …]}, "calls": [{"number",
/// "incoming", "legs": [[server, from, answered or null, until, frame], …]}, …]}
nlohmann::ordered_json phone_spans(const sipharness::story::Overview& overview,
                                   const sipharness::story::Phone& phone);

/// [[server, name, from, until, whether it was out], …]: the phases of each server that are not its
/// default and its closed port; of a capture without journal the outages that requests show.
nlohmann::ordered_json fault_spans(const sipharness::trace::Trace& trace,
                                   const sipharness::story::Story& story);

}  // namespace reports
