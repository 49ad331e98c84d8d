#pragma once
// What this host and its privileges allow, each asked by trying it. `sipharness doctor` tells.

#include <cstdint>
#include <optional>
#include <string>

#include "harness/base/expected.hpp"
#include "harness/base/time.hpp"

namespace sipharness::host {

/// The file that `program` names: itself if it has a slash, else the first of PATH that may be
/// executed; nothing if there is none.
std::optional<std::string> find_program(const std::string& program);

/// The running program.
std::string program_path();

/// Bytes that may still be written where `path` is, or will be once its folders are made.
Expected<std::uint64_t> free_space(const std::string& path);

/// The UDP receive buffer that a port gets, in bytes, and what it asks for.
struct ReceiveBuffer {
  int granted = 0;
  int wanted = 0;
};
ReceiveBuffer udp_receive_buffer();

/// Whether this process may capture at all; an interface may have other reasons to refuse.
bool may_capture();

/// Whether a TCP connection can be forgotten without a word, as a server does that loses its power.
bool can_forget_connections();

/// The clocks of this host over about a second.
struct ClockReport {
  Duration resolution{};  ///< of the monotonic clock
  Duration step{};        ///< by which the time of day moved against it
  Duration lag{};         ///< the worst of the timers that were set meanwhile
};
ClockReport watch_clocks();

/// Datagrams sent at once through loopback and how many of them a live capture saw.
struct BurstReport {
  std::uint64_t sent = 0;
  std::uint64_t captured = 0;
  std::uint64_t dropped = 0;
};
/// Throws SetupError where capturing is not permitted.
BurstReport capture_burst();

}  // namespace sipharness::host
