#pragma once
// Capture files written: nanosecond pcap, through libpcap.

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

}  // namespace sipharness::capture
