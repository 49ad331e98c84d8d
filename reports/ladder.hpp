#pragma once
// What the page draws its ladder from: who takes part, each message with its bytes, and what the
// journal adds. Compact, as a run has thousands of messages that are nearly alike: a message is an
// array, and its bytes are numbers of lines in one table.

#include <nlohmann/json.hpp>

#include "harness/trace/trace.hpp"

namespace reports {

/// {"lanes", "columns", "messages", "lines", "calls", "transactions", "events"}; times are whole
/// microseconds since scenario zero.
nlohmann::ordered_json ladder_json(const sipharness::trace::Trace& trace);

}  // namespace reports
