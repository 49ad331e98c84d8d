#pragma once
// The result of judging one capture: what reports print and result.json keeps.

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/verdict/finding.hpp"
#include "harness/verdict/fleet.hpp"

namespace sipharness::verdict {

struct DeviceInfo {
  std::string name;  ///< "phone"
  std::string kind;  ///< "reference", "process:baresip", "phone", "external"
  std::string profile;
  std::string user_agent;
  std::string account{};
  std::vector<std::string> addresses{};
  std::string mac{};           ///< "c074ad0d1234"; empty: not known
  std::uint64_t messages = 0;  ///< SIP messages that it sent or was sent, and that were judged
};

/// Who takes part in a capture, and how that is known.
struct RoleInfo {
  std::string role;      ///< "primary", "secondary", "device", "far end", "stranger", "proxy", …
  std::string endpoint;  ///< its first, where it has several
  std::string known_from;  ///< "named", "journal", "profile", "inferred"
  std::string why{};       ///< inferred from what
  std::string device{};    ///< its name in findings; empty for servers and bystanders
  std::string account{};
  std::string user_agent{};
};

struct CaptureInfo {
  std::string file;
  std::uint64_t frames = 0;
  std::uint64_t sip_messages = 0;
  std::string health;   ///< "complete" or "incomplete"
  std::string vantage;  ///< "device", "server", "unknown"
  std::string note;     ///< why it was taken that way; may be empty
  std::string source;   ///< "simulated", "live", "tap", "file"
  std::vector<std::string> faults;
  std::vector<std::string> remarks{};  ///< no verdict hangs on them
  std::uint64_t keep_alives = 0;
};

/// SIP messages by what became of them: what was seen was judged or left out.
struct MessageCounts {
  struct LeftOut {
    std::uint64_t count = 0;
    std::string why;
  };
  std::uint64_t seen = 0;
  std::uint64_t judged = 0;
  std::vector<LeftOut> left_out{};
};

/// The healthy run before or after a scenario's fault (docs/devices.md).
struct ControlRun {
  bool ok = true;
  std::string reason{};  ///< what was not well
  Blame blame = Blame::user;
  bool started_anew = true;  ///< the device was; else what it suffers from may be the fault
  std::string stopped{};     ///< where its timeline stopped, as of Result
  /// Where the device itself is to blame: what of the requirements says so, of the control run.
  std::vector<Finding> findings{};
  std::vector<std::string> accounts{};  ///< that registered in it, each once
};

/// How late the host was at worst.
struct HostLag {
  Duration worst{};
  Duration at{};  ///< scenario time by which it was measured
};

struct Result {
  std::string harness{};                 ///< the version that judged
  std::optional<CaptureTime> started{};  ///< first frame; nothing: there is none
  Duration length{};                     ///< from there to the end of the capture
  std::vector<std::string> expected{};   ///< requirements that the scenario names
  std::string scenario;
  std::string title;
  std::string variant;  ///< empty: none
  std::string clock;    ///< "virtual", "real", or empty for a foreign capture
  std::uint64_t seed = 0;
  bool strict = false;
  bool interrupted = false;
  std::string stopped;               ///< where the timeline stopped, and what did not occur
  std::vector<std::string> notes;    ///< for the author of the scenario; no verdict hangs on them
  std::optional<ControlRun> before;  ///< the fault; nothing: there was no such run
  std::optional<ControlRun> after;
  std::optional<HostLag> lag;  ///< nothing where time is virtual or not known
  std::vector<DeviceInfo> devices;
  std::vector<RoleInfo> roles;  ///< servers first
  CaptureInfo capture;
  MessageCounts messages;
  bool rows_named = false;        ///< only requirements that the user named were looked at
  std::string nothing_judged;     ///< what was there instead; empty: requirements were judged
  std::vector<Finding> findings;  ///< catalogue order, then device; of a fleet the worst
  std::optional<Fleet> fleet;     ///< nothing: every device is listed
};

/// fail over inconclusive over pass; warn counts as fail if strict, as pass otherwise. An
/// interrupted run, a timeline that stopped and an incomplete capture are inconclusive at best, and
/// so is a result in which nothing was judged.
Verdict overall(const Result& result);
/// A run like any other that does not exercise the requirements the user named.
bool is_not_exercised(const Result& result);
/// 0 passed, 1 failed, 3 inconclusive: what overall says.
int exit_code(const Result& result);
/// The worst of several; those that do not exercise what was named count only if none does.
int exit_code(const std::vector<Result>& results);
/// How many findings have each verdict, indexed by Verdict; of a fleet, those not kept too.
std::array<std::size_t, 6> counts(const Result& result);
/// Of a fleet the devices that a kept finding names, which pages tell of; of others every one.
std::set<std::string> devices_told(const Result& result);
/// Whether the scenario names the requirement; without a scenario every one is.
bool is_expected(const Result& result, const Finding& finding);

/// A scenario of a batch that left no result.
struct NotRun {
  enum class Kind : std::uint8_t {
    could_not,  ///< the harness or its host
    cut_short,  ///< by an interrupt, because another one failed, or with its shard
    left_out,   ///< the device cannot play it, and nobody named it
  };
  std::string scenario;  ///< its full name
  std::string why;
  Kind kind = Kind::could_not;
};
std::string_view to_string(NotRun::Kind kind);

/// What several scenarios came to, in the order they ended.
struct Batch {
  std::vector<Result> results;
  std::vector<NotRun> not_run{};
};
/// That of its results; inconclusive where none is there, or where one passed and another that was
/// to run left none.
Verdict overall(const Batch& batch);
/// 0 passed, 1 failed, 3 inconclusive, 4 something could not run.
int exit_code(const Batch& batch);

}  // namespace sipharness::verdict
