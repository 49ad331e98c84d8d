#pragma once
// Watches the frames of a run as they are captured and tells the timeline when an anchor of the
// scenario came true. It sees what the capture sees: the same anchors hold for every device.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/scenario.hpp"
#include "harness/sip/message.hpp"
#include "harness/stage/live/decoder.hpp"
#include "harness/stage/live/strangers.hpp"
#include "harness/world/world.hpp"

namespace sipharness::stage {

class AnchorWatch final : public TrafficObserver {
 public:
  struct Reports {
    std::function<void(const scenario::Anchor&)> anchor;
    /// The first REGISTER of all, before the anchors it makes true; false if it does not count, and
    /// the next one is told too.
    std::function<bool(CaptureTime)> first_register = [](CaptureTime) { return true; };
    /// Whatever passes between a server and a device that counts.
    std::function<void(const std::string& server, const sip::MessageView&)> seen =
        [](const std::string&, const sip::MessageView&) {};
    /// A call was refused, by either side.
    std::function<void(int status)> refused = [](int) {};
  };
  /// `timers` are the device's: a REGISTER without final response for 64·T1 has failed.
  AnchorWatch(world::World& world, const scenario::Scenario& scenario, const sip::Timers& timers,
              Reports reports);
  void on_message(const LiveMessage& live) override;
  /// From now on only these count; others come by unseen.
  void watch_only(trace::Tested tested) { strangers_.emplace(std::move(tested)); }

 private:
  void on_request(const std::string& server, const sip::MessageView& message);
  void on_response(const std::string& server, const sip::MessageView& message);
  void on_register_answered(const std::string& server, const sip::MessageView& message);
  void report(scenario::AnchorKind kind, const std::string& server);
  /// The server at this endpoint, empty if none.
  std::string server_at(const Endpoint& endpoint) const;

  world::World& world_;
  const scenario::Scenario& scenario_;
  Duration timeout_;
  Reports reports_;
  std::map<std::string, world::Timer> open_registers_;  ///< by branch
  std::optional<Strangers> strangers_;
  bool seen_ = false;
  bool has_registered_ = false;
};

}  // namespace sipharness::stage
