#pragma once
// Who has taken a port of this host, for the error that says so.

#include <optional>
#include <string>

#include "harness/base/endpoint.hpp"

namespace sipharness::host {

/// The program that keeps `local` from being bound: "asterisk (process 812)". Nothing if none does
/// or it may not be known: of other users' programs only root learns.
std::optional<std::string> holder_of(Transport transport, const Endpoint& local);

}  // namespace sipharness::host
