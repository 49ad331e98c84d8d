#pragma once
// The frames of one capture file, one after the other, and what the file says of itself. One reader
// a format: pcap, pcapng, snoop.
//  1. Bytes are hostile: a reader stops where the file cannot be trusted on, and says why.
//  2. Views point into the bytes given.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::capture {

/// Frames that have something wrong with them.
struct OddFrames {
  std::uint64_t count = 0;
  std::uint64_t first = 0;  ///< its number in the file
  void add(std::uint64_t frame) {
    if (count++ == 0) first = frame;
  }
};

/// What a file says of itself.
struct FileNotes {
  std::uint64_t frames = 0;   ///< and what else Wireshark gives a number
  std::string end;            ///< why reading ended before the file did; empty: it did not
  std::uint64_t dropped = 0;  ///< packets that the capturing program lost
  OddFrames impossible_times;
  OddFrames without_time;
  OddFrames impossible_lengths;  ///< more bytes captured than there were on the wire
  std::vector<packet::LinkType> links;
};

class FrameReader {
 public:
  virtual ~FrameReader() = default;

  /// The next frame, numbered in its file; false at the end.
  virtual bool next(packet::FrameView& frame) = 0;
  /// Complete once next() was false.
  const FileNotes& notes() const { return notes_; }

 protected:
  /// Numbers the frame and checks its lengths. Always true.
  bool give(packet::FrameView& frame);
  bool end(std::string why);
  /// The time, brought into what a capture may say: 1970 to 2106.
  CaptureTime time_of(std::int64_t second, std::uint64_t nanoseconds);
  /// The number of the frame that is read.
  std::uint64_t number() const { return notes_.frames + 1; }

  FileNotes notes_;
};

/// An error, without a place, says what the file is instead and how it is converted.
Expected<std::unique_ptr<FrameReader>> make_reader(std::string_view file);

}  // namespace sipharness::capture
