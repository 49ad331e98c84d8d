#pragma once
// How a scenario is staged, as the command line says it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/address_prefix.hpp"
#include "harness/base/endpoint.hpp"
#include "harness/dut/external/desk.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/stage/live/tally.hpp"
#include "harness/stage/phone_choice.hpp"

namespace sipharness::stage {

enum class Clock : std::uint8_t { automatic, virtual_time, real };
enum class CaptureMode : std::uint8_t { automatic, live, tap };

enum class DeviceKind : std::uint8_t { reference, process, phone, external };

/// Which device is under test, as `--device` names it.
struct DeviceChoice {
  DeviceKind kind = DeviceKind::reference;
  std::string name{};           ///< of a process: that of its profile, "baresip"
  std::string phone_address{};  ///< of a phone: where its HTTP interface is, HOST[:PORT]
  /// A third-party device: it keeps its own clock, and its first REGISTER is scenario zero.
  bool is_foreign() const { return kind != DeviceKind::reference; }
  std::string text() const;  ///< "reference", "process:baresip"
};

struct RunOptions {
  DeviceChoice device;
  PhoneChoice phone;
  Clock clock = Clock::automatic;
  CaptureMode capture = CaptureMode::automatic;
  std::string folder;  ///< the run folder; made by the caller's naming rule
  /// The healthy run that stands around a fault of a third-party device; nothing: none does.
  std::optional<scenario::Scenario> healthy;
  /// Addresses or interfaces for the servers (place/bind.hpp); empty: loopback.
  std::vector<std::string> bind;
  /// Where servers may send on a peer's word, beside to the peer itself.
  std::vector<AddressPrefix> allowed_targets;
  /// Real time: addresses of its own for each of several runs side by side.
  std::optional<unsigned> slot;
  std::uint64_t seed = 1;
  /// How long a third-party device may take to register for the first time.
  Duration first_register_timeout = 30s;
  /// How long a person may take to answer a prompt.
  Duration prompt_timeout = 60s;
  /// Where a person is asked besides at the terminal; empty: nowhere.
  dut::OperatorDesk desk;
  /// What goes there over TCP has no part in the run and stays out of its capture.
  std::vector<Endpoint> unrecorded;
  std::vector<std::string> deviations;
  /// Real time only: called about ten times a second with what a person wants to know.
  struct Progress {
    struct Server {
      std::string name;
      std::string state;  ///< "serving", "phase silent", "port closed"
      Tally::Counts counts;
    };
    Duration now{};
    Duration duration{};
    std::string awaiting;
    Duration until{};  ///< when that comes, or is given up
    std::vector<Server> servers;
  };
  std::function<void(const Progress&)> on_progress;
  /// Real time only: called so often, when capture and journal are on disk so far.
  std::function<void()> on_partial;
  Duration partial_period = 5s;
  /// Something that whoever watches the run should know now.
  std::function<void(const std::string&)> tell;
  /// Asked often; true ends the run early and judges what was seen (first Ctrl-C).
  std::function<bool()> interrupted;
};

}  // namespace sipharness::stage
