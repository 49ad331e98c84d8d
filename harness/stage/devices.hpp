#pragma once
// The device under test of a run, made from what the command line chose.

#include <functional>
#include <memory>
#include <string>

#include "fake_servers/fake_server.hpp"
#include "harness/dut/device.hpp"
#include "harness/dut/external/operator.hpp"
#include "harness/host/real_world.hpp"
#include "harness/journal/journal.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/stage/production.hpp"

namespace sipharness::stage {

/// The `device`-th of the run, counted from 0. Where there are several, each is called as the trace
/// calls it, by its AOR.
std::unique_ptr<dut::Device> make_reference_ua(world::World& world, const Production& production,
                                               unsigned device);

/// What a device in real time is made with; all of it outlives the device.
struct RealServices {
  host::RealWorld& world;
  journal::Writer& journal;
  const Production& production;
  const judge::RunFolder& folder;
  /// One of the fake servers by its name; to be called only once the stage stands.
  std::function<fake_servers::FakeServer&(const std::string&)> server;
  dut::Operator& person;  ///< for what no driver can do
};

/// The same of whatever kind the options choose. Throws SetupError.
std::unique_ptr<dut::Device> make_real_device(const RealServices& services, unsigned device);

}  // namespace sipharness::stage
