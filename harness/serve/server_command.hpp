#pragma once
// What a person types to tell a server something: "primary silent", "secondary call".

#include <string>

#include "harness/base/expected.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::serve {

/// SERVER PHASE, SERVER default, or SERVER VERB as a timeline writes it ("notify EVENT" has one
/// word more). The error says what is allowed.
Expected<scenario::ServerStep> parse_server_command(const std::string& line,
                                                    const scenario::Scenario& scenario);

/// What there is to type for this scenario, a line for each server.
std::string server_command_help(const scenario::Scenario& scenario);

}  // namespace sipharness::serve
