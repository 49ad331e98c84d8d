#pragma once
// A capture: one file, or several that belong together, as a ring buffer leaves them. pcap, pcapng
// and snoop, also compressed.
//  1. Frames of several files come in the order of their times, and are numbered through, as
//     `mergecap` does it.
//  2. FrameView::bytes that read() gives out are valid as long as this object lives: a large
//  capture
//     is mapped, not copied.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/capture/file_bytes.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::capture {

/// Something that a capture lacks, and when.
struct FileFault {
  std::string text;
  CaptureTime from = CaptureTime::min();
  CaptureTime until = CaptureTime::max();
};

/// How reading ended.
struct ReadOutcome {
  std::uint64_t frames = 0;
  std::vector<FileFault> faults{};     ///< "capture.pcap: frame 81: truncated: …"
  std::vector<std::string> remarks{};  ///< which frames are of which file
};

class CaptureFile {
 public:
  /// An error only if a file cannot be read.
  static Expected<CaptureFile> open(const std::vector<std::string>& paths);

  /// Gives every frame to `sink`. An error only if nothing can be read: not a capture, or a link
  /// type that is not decoded.
  Expected<ReadOutcome> read(packet::FrameSink& sink) const;

  /// Whether `bytes` are part of it.
  bool holds(std::string_view bytes) const;

 private:
  struct File {
    std::string path;
    std::shared_ptr<const FileBytes> bytes;
  };
  std::vector<File> files_;
};

/// The same in one go, for who keeps none of the bytes.
Expected<ReadOutcome> read_capture(const std::vector<std::string>& paths, packet::FrameSink& sink);

}  // namespace sipharness::capture
