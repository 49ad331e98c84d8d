#pragma once
// Whether a capture may be believed, and where not. What is missing belongs to a server and a time:
// a gap in the stream to one server takes nothing from what is said of the other.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/trace/message_list.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::trace {

/// Something that keeps verdicts from being given.
struct Fault {
  std::string text;
  verdict::Blame blame = verdict::Blame::host;
  ServerRole server = ServerRole::none;  ///< that it concerns; none: all
  /// The machine at the other end of that: if it is a device's, no other device is concerned.
  std::optional<IpAddress> peer{};
  CaptureTime from = CaptureTime::min();
  CaptureTime until = CaptureTime::max();
  /// It hides how much time passed, and no message: what a message holds, and what was over before
  /// it or began after it, is as it was.
  bool is_of_clock = false;
  bool is_of_content = false;  ///< it may have changed messages that the capture has
  bool is_guess = false;       ///< there may be none: it excuses, and takes no pass away
};

/// The time that a verdict rests on.
struct Span {
  CaptureTime from = CaptureTime::min();
  CaptureTime until = CaptureTime::max();

  static constexpr Span nothing() { return {CaptureTime::max(), CaptureTime::min()}; }
};

/// Whether a verdict on `server` (none: on both) that rests on this time may turn round with what
/// the fault hides.
bool concerns(const Fault& fault, ServerRole server, const Span& span);

struct Health {
  std::vector<Fault> faults;

  bool complete() const { return std::ranges::all_of(faults, &Fault::is_guess); }
  /// Of what is no guess.
  std::vector<std::string> texts() const;
};

}  // namespace sipharness::trace
