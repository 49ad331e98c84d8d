#pragma once
// The stage of one run, in either world: fake servers, devices, timeline and journal wired
// together. It knows nothing of verdicts.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fake_servers/fake_server.hpp"
#include "fake_servers/name_server.hpp"
#include "harness/dut/device.hpp"
#include "harness/run/addresses.hpp"
#include "harness/run/anchor_watch.hpp"
#include "harness/run/journal_file.hpp"
#include "harness/run/run.hpp"
#include "harness/run/timeline.hpp"

namespace sipharness::run {

/// What is staged: the effective scenario and profile, and the options of the run.
struct Production {
  scenario::Scenario scenario;    ///< with addresses
  scenario::Profile profile;      ///< configured
  std::vector<Endpoint> devices;  ///< one for each of the scenario
  const RunOptions& options;
};

class Stage {
 public:
  /// Sets up servers and devices; nothing moves before begin(). Throws SetupError.
  Stage(world::World& world, const Production& production, const RunFolder& folder, bool real_time);

  journal::Writer& journal() { return journal_; }
  bool journal_has_failed() const { return journal_.has_failed(); }
  packet::FrameSink& anchors() { return watch_; }
  TimePoint zero() const { return zero_; }
  TimePoint end() const { return zero_ + production_.scenario.duration; }
  std::string awaiting() const { return timeline_.awaiting(); }

  void begin() { timeline_.start(); }
  /// The last entry of the journal.
  void finish(const std::string& reason);

 private:
  void perform(const scenario::Step& step);
  void perform(const scenario::DeviceStep& step);
  void perform(const scenario::ServerStep& step);
  fake_servers::FakeServer& server(const std::string& name) { return *servers_.at(name); }

  world::World& world_;
  const Production& production_;
  TimePoint zero_;
  JournalFile journal_;
  Timeline timeline_;
  AnchorWatch watch_;
  std::map<std::string, std::unique_ptr<fake_servers::FakeServer>> servers_;
  std::unique_ptr<fake_servers::NameServer> name_server_;
  std::vector<std::unique_ptr<dut::Device>> devices_;
};

}  // namespace sipharness::run
