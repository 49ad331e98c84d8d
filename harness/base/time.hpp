#pragma once
// The two clocks of a run, as types that cannot be mixed up. A world's monotonic clock orders
// everything the harness does; the capture clock (CLOCK_REALTIME, nanoseconds since 1970) stamps
// what was on the wire. The journal maps one to the other.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sipharness {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// A world's monotonic clock. It has no now(): ask the World.
struct WorldClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WorldClock>;
  static constexpr bool is_steady = true;
};
using TimePoint = WorldClock::time_point;

/// The clock of capture files: nanoseconds since the Unix epoch.
struct CaptureClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<CaptureClock>;
  static constexpr bool is_steady = false;
};
using CaptureTime = CaptureClock::time_point;

/// Seconds as a floating-point number, for ratios and for people; never for arithmetic on time.
constexpr double to_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

/// The nearest nanosecond.
Duration from_seconds(double seconds);

/// "32.000 s" with `decimals` digits after the point (0 to 9), rounded to nearest.
std::string format_seconds(Duration d, int decimals = 3);

/// "500ms", "1.5s", "60min", "4h": a decimal number and one of us, ms, s, min, h. No sign, no
/// blank. Nothing where the text is anything else or does not fit.
std::optional<Duration> parse_duration(std::string_view text);

/// "2024-01-01T00:00:00.000Z"
std::string format_utc(CaptureTime at);
/// Its reverse; nothing where the text is anything else.
std::optional<CaptureTime> parse_utc(std::string_view text);

/// The shortest text that parse_duration reads back as `d`: "500ms", "32s", "60min".
std::string format_duration(Duration d);

}  // namespace sipharness
