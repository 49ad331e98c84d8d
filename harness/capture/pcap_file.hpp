#pragma once
// Capture files in and out, through libpcap: nanosecond pcap written, pcap and uniform pcapng read.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/base/expected.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::capture {

/// Writes frames of one link type. The file ends with a whole frame at any moment, also when the
/// disk is full; nothing is lost if the process dies after flush().
class PcapWriter final : public packet::FrameSink {
 public:
  /// Throws SetupError if the file cannot be made. A later failed write (full disk) is remembered.
  PcapWriter(const std::string& path, packet::LinkType link);
  ~PcapWriter() override;
  void on_frame(const packet::FrameView& frame) override;
  void flush();
  std::uint64_t frames() const;
  bool failed() const;
  /// The first write error, as errno text; nothing if all is well.
  std::optional<std::string> error() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// How reading ended.
struct ReadOutcome {
  std::uint64_t frames = 0;
  /// "capture.pcap: frame 81: file ends in the middle of a packet"; frames before it were given.
  std::optional<Error> truncation;
};

/// Gives every frame of the file to `sink`. An error only if nothing can be read: no such file, not
/// a capture, a link type we do not decode.
Expected<ReadOutcome> read_capture(const std::string& path, packet::FrameSink& sink);

}  // namespace sipharness::capture
