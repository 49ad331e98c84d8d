#pragma once
// A run: stage a scenario, capture it, then judge the run folder exactly as `check` does.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/run/phone_choice.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::run {

enum class Clock : std::uint8_t { automatic, virtual_time, real };
enum class CaptureMode : std::uint8_t { automatic, live, tap };

enum class DeviceKind : std::uint8_t { reference, process, phone, external };

/// Which device is under test, as `--device` names it.
struct DeviceChoice {
  DeviceKind kind = DeviceKind::reference;
  std::string name{};           ///< of a process: that of its profile, "baresip"
  std::string phone_address{};  ///< of a phone: where its HTTP interface is, HOST[:PORT]
  /// Nobody here wrote it: it keeps its own clock, and its first REGISTER is scenario zero.
  bool is_foreign() const { return kind != DeviceKind::reference; }
  std::string text() const;  ///< "reference", "process:baresip"
};

struct RunOptions {
  DeviceChoice device;
  PhoneChoice phone;
  Clock clock = Clock::automatic;
  CaptureMode capture = CaptureMode::automatic;
  std::string folder;  ///< the run folder; made by the caller's naming rule
  /// The healthy run that stands around a fault of a foreign device; nothing: none does.
  std::optional<scenario::Scenario> healthy;
  /// Addresses or interfaces for the servers (run/bind.hpp); empty: loopback.
  std::vector<std::string> bind;
  /// Real time: addresses of its own for each of several runs side by side.
  std::optional<unsigned> slot;
  std::uint64_t seed = 1;
  /// How long a foreign device may take to register for the first time.
  Duration first_register_timeout = 30s;
  /// How long a person may take to answer a prompt.
  Duration prompt_timeout = 60s;
  std::vector<std::string> deviations;
  /// Real time only: called about ten times a second with what a person wants to know.
  struct Progress {
    Duration now{};
    Duration duration{};
    std::string awaiting;
  };
  std::function<void(const Progress&)> on_progress;
  /// Real time only: called every five seconds, when capture and journal are on disk so far.
  std::function<void()> on_partial;
  /// Something that whoever watches the run should know now.
  std::function<void(const std::string&)> tell;
  /// Asked often; true ends the run early and judges what was seen (first Ctrl-C).
  std::function<bool()> interrupted;
};

/// Files of a run folder.
struct RunFolder {
  std::string path;
  std::string capture() const { return path + "/capture.pcap"; }
  std::string journal() const { return path + "/journal.jsonl"; }
  std::string scenario() const { return path + "/scenario.json"; }
  std::string profile() const { return path + "/profile.json"; }
  std::string meta() const { return path + "/run.json"; }
  std::string result() const { return path + "/result.json"; }
  std::string before() const { return path + "/before"; }  ///< a run folder: the healthy run
  std::string after() const { return path + "/after"; }
  std::string partial_result() const { return path + "/result.partial.json"; }
};

/// Stages the scenario into options.folder. Throws SetupError.
void stage(const scenario::Scenario& scenario, const scenario::Profile& profile,
           const RunOptions& options);

/// What a run folder says it staged; an error with its place.
Expected<scenario::Scenario> load_scenario(const std::string& path);
Expected<scenario::Profile> load_profile(const std::string& path);

struct JudgeRequest {
  std::string capture;                    ///< a capture file, or a run folder
  std::optional<std::string> scenario{};  ///< path; a run folder brings its own
  std::optional<std::string> profile{};
  std::optional<std::string> journal{};
  std::optional<trace::Vantage> vantage{};
  std::vector<trace::Server> servers{};  ///< of a foreign capture, named by hand
  std::vector<std::string> only{};
  bool strict = false;
};

/// What was judged, with what reports need to draw it.
struct Judged {
  verdict::Result result;
  trace::Trace trace;
};

/// Judges a capture or a run folder. The same code after a run, a year later, or on a field
/// capture.
Expected<Judged> judge(const JudgeRequest& request);
/// The same for a run that still goes on: what it lacks is not held against it.
Expected<Judged> judge_so_far(const JudgeRequest& request);

}  // namespace sipharness::run
