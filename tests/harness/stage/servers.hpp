#pragma once
// The two servers of a run and its device, as the tests of this folder have them.

#include "harness/base/endpoint.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::stage {

inline const Endpoint primary = *Endpoint::parse("127.0.0.11:5070");
inline const Endpoint secondary = *Endpoint::parse("127.0.0.12:5080");
inline const Endpoint device = *Endpoint::parse("127.0.0.1:5062");

inline scenario::Scenario two_servers() {
  scenario::Scenario scenario;
  scenario.duration = 100s;
  scenario.servers.resize(2);
  scenario.servers[0].name = "primary";
  scenario.servers[0].address = primary.address;
  scenario.servers[0].port = primary.port;
  scenario.servers[1].name = "secondary";
  scenario.servers[1].address = secondary.address;
  scenario.servers[1].port = secondary.port;
  return scenario;
}

}  // namespace sipharness::stage
