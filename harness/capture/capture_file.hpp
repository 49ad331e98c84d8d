#pragma once
// A capture file, read through libpcap (pcap and uniform pcapng). The bytes of its frames stay
// where they are: a large capture is mapped, not copied.
//  1. FrameView::bytes that read() gives out are valid as long as the file object lives, where
//     holds() says so; other bytes during the call only.
//  2. What is appended to the file after open() is not seen.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/expected.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::capture {

/// How reading ended.
struct ReadOutcome {
  std::uint64_t frames = 0;
  /// "capture.pcap: frame 81: file ends in the middle of a packet"; frames before it were given.
  std::optional<Error> truncation;
};

class CaptureFile {
 public:
  /// An error only if the file cannot be read.
  static Expected<CaptureFile> open(const std::string& path);

  /// Gives every frame to `sink`. An error only if nothing can be read: not a capture, or a link
  /// type that is not decoded.
  Expected<ReadOutcome> read(packet::FrameSink& sink) const;

  /// Whether `bytes` are part of the file.
  bool holds(std::string_view bytes) const;

 private:
  struct Bytes;
  explicit CaptureFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::shared_ptr<const Bytes> bytes_;
};

/// The same in one go, for who keeps none of the bytes.
Expected<ReadOutcome> read_capture(const std::string& path, packet::FrameSink& sink);

}  // namespace sipharness::capture
