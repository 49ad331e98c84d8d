#pragma once
// The capture with what was found in it as comments: pcapng, which Wireshark shows and filters
// (frame.comment).

#include <string>

#include "harness/base/expected.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace reports {

/// Every frame as it was; on each that a violation or an inconclusive finding cites, a comment for
/// each of them; on the section the verdict in one sentence. An error only if the capture cannot
/// be read again.
sipharness::Expected<std::string> annotated_capture(const sipharness::verdict::Result& result,
                                                    const sipharness::trace::Trace& trace);

}  // namespace reports
