#pragma once
// What the harness did and when, one entry a line of journal.jsonl: the stimulus of a run, never
// evidence of what the device did. Fake servers, devices and the stage write it; trace and checks
// read it. Times are the world's clock counted from scenario zero; `Clock` entries map them to the
// capture clock (the first line always is one).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/expected.hpp"
#include "harness/base/time.hpp"

namespace sipharness::journal {

/// Names one datagram (or stream message) of the capture: 5-tuple, FNV-1a of the payload, and how
/// many of the same the writer had named before.
struct PacketName {
  Transport transport = Transport::udp;
  Endpoint source;
  Endpoint destination;
  std::uint64_t digest = 0;
  std::uint32_t occurrence = 0;
  auto operator<=>(const PacketName&) const = default;
};

/// The same instant on both clocks.
struct Clock {
  CaptureTime capture;
  Duration monotonic{};  ///< of the host (zero in the simulated world)
};
/// A server sends: the capture must hold it.
struct Sent {
  std::string server;
  PacketName packet;
  std::optional<std::string> rewritten{};  ///< by a rule: what was changed, by name
};
/// What stands where a rule would in Ignored and Withheld when the link lost a packet by chance.
inline constexpr std::string_view by_chance = "link";

/// A server did not react to a datagram from the device; the capture holds it.
struct Ignored {
  std::string server;
  std::string rule;
  PacketName packet;
};
/// A server would have sent this, and a fault kept it from the device: the capture lacks it.
struct Withheld {
  std::string server;
  std::string rule;
  std::uint64_t digest = 0;
  std::string what;
};
/// A server sent late on purpose.
struct Delayed {
  std::string server;
  std::string rule;
  Duration by{};
  std::string what;
};
/// A server entered a phase ("" = its default): silent phases answer nothing at all.
struct Phase {
  std::string server;
  std::string phase;
  bool silent = false;
};
/// A server's port was closed or opened.
struct Port {
  std::string server;
  bool open = true;
};
/// A server dropped its bindings.
struct BindingsForgotten {
  std::string server;
};
/// A timeline step was carried out on a device ("boot", "dial", "hang_up", "answer", …).
struct Action {
  std::string device;
  std::string verb;
  std::string argument;
  bool reported_ok = false;  ///< the driver saw it succeed
};
/// A person was asked on the terminal to carry an action out; Reported is the answer.
struct Prompted {
  std::string device;
  std::string verb;
  std::string task;
};
/// A far end did something of its own: "calls", "rings", "answers", "hangs_up".
struct FarEnd {
  std::string server;
  std::string verb;
  std::string call_id;
};
/// The device program or object: "started", "exited", "killed"; a hang is judged from the capture.
struct DeviceState {
  std::string device;
  std::string state;
  std::optional<int> exit_status;
};
/// What the driver of a device heard, some time after an action, about its outcome.
struct Reported {
  std::string device;
  std::string verb;
  bool ok = false;
  std::string what;  ///< in the device's own words; no secrets
};
/// Scenario zero of a device that sets it itself, by its first REGISTER. Entries of the file count
/// from the start of the recording; read_journal() counts them from here.
struct ScenarioZero {};
/// A timeline step that never came to pass.
struct Missed {
  std::size_t step = 0;
  std::string awaited;
  Duration deadline{};
  std::optional<std::string> seen{};  ///< what came instead
};
/// A rule of a server that met no request although its phase came: an author's mistake, perhaps.
struct UnmatchedRule {
  std::string server;
  std::string rule;
  std::string place;
};
/// What is told as diverted where voice has no way to go.
inline constexpr std::string_view diverted_media = "RTP";

/// A server does not send to an address that only a message of a peer names: requests go to where
/// the peer was heard from instead, RTP goes nowhere. Told once of each address.
struct Diverted {
  std::string server;
  std::string what;   ///< "requests", diverted_media
  std::string named;  ///< the address
  std::string heard_from;
};
/// For people: "the primary sends no RTP to 10.0.0.9, which …", and what lets it.
std::string describe(const Diverted& diverted);

/// What whoever reads the result should know of the run, such as a limit that was reached. It is no
/// fault of the capture.
struct Remark {
  std::string text;
};
/// How late the host was: worst heartbeat delay since the last such entry.
struct Lag {
  Duration worst{};
};
/// The network under the servers was taken away or came back, or this process could serve no more
/// of it: what the capture lacks meanwhile says nothing of the device.
struct Network {
  std::string interface;
  bool up = true;
  std::string what;  ///< "the interface eth0 has no carrier"; empty when it is back
};
/// The capture's own account, at the end.
struct CaptureCount {
  std::string source;  ///< "simulated", "live", "tap"
  std::uint64_t frames = 0;
  std::uint64_t dropped = 0;
  std::string note;
};
/// The last entry of a run that ended properly.
struct Ended {
  std::string reason;
};  ///< "completed", "interrupted", "event limit"

using Event = std::variant<Clock, Sent, Ignored, Withheld, Delayed, Phase, Port, BindingsForgotten,
                           Action, Prompted, FarEnd, DeviceState, Reported, ScenarioZero, Missed,
                           UnmatchedRule, Diverted, Remark, Lag, Network, CaptureCount, Ended>;

struct Entry {
  Duration at{};  ///< since scenario zero
  Event event;
};

/// One line of JSON without its newline; the form is stable and documented in docs/journal.md.
std::string to_line(const Entry& entry);
Expected<Entry> from_line(std::string_view line, std::string_view place);

/// A whole journal, counted from scenario zero; an unfinished last line (killed harness) is left
/// out.
using Journal = std::vector<Entry>;
Expected<Journal> read_journal(const std::string& path);

/// Where the harness writes entries as they happen.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual void write(const Event& event) = 0;  ///< stamps the time
};

}  // namespace sipharness::journal
