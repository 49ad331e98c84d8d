#pragma once
// Only the fake servers, for exploring by hand: whoever comes is answered, every message is a line,
// and the servers are told from the terminal what to do next.

#include <functional>
#include <string>

#include "harness/stage/options.hpp"

namespace sipharness::serve {

/// Serves until options.interrupted says so or "quit" is typed; options.folder becomes a run folder
/// that `check` can judge. `print` gets the lines of the log. Throws SetupError.
void serve(const scenario::Scenario& scenario, const scenario::Profile& profile,
           const stage::RunOptions& options, const std::function<void(const std::string&)>& print);

}  // namespace sipharness::serve
