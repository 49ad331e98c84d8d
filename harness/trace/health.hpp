#pragma once
// Whether a capture may be believed, and where not. What is missing belongs to a server and a time:
// a gap in the stream to one server takes nothing from what is said of the other.

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
  CaptureTime from = CaptureTime::min();
  CaptureTime until = CaptureTime::max();
};

/// The time that a verdict rests on.
struct Span {
  CaptureTime from = CaptureTime::min();
  CaptureTime until = CaptureTime::max();
};

/// Whether a verdict on `server` (none: on both) that rests on this time may turn round with what
/// the fault hides.
bool concerns(const Fault& fault, ServerRole server, const Span& span);

struct Health {
  std::vector<Fault> faults;  ///< empty: complete

  bool complete() const { return faults.empty(); }
  std::vector<std::string> texts() const;
};

}  // namespace sipharness::trace
