#pragma once
// The files of a capture while they are read, and what is told of them afterwards.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/capture/capture_file.hpp"
#include "harness/capture/fetch_ahead.hpp"
#include "harness/capture/frame_reader.hpp"

namespace sipharness::capture {

/// A file that is read frame by frame.
struct Part {
  std::string path;
  std::unique_ptr<FrameReader> reader{};
  FetchAhead ahead;  ///< of its bytes
  std::optional<packet::FrameView> next{};
  CaptureTime first{};  ///< with that of the last, of the frames read so far
  CaptureTime last{};
  Duration longest_silence{};
  std::uint32_t numbered = 0;      ///< the number in this file of the last frame that was given
  std::uint32_t first_number = 0;  ///< of its first frame, in the whole capture

  void advance();
};

/// With the first frame of each; an error for one that is no capture.
Expected<Part> open_part(const std::string& path, std::string_view bytes);

/// What a file says of itself.
void tell_of_part(const Part& part, ReadOutcome& outcome);

/// Of several: what is missing between them, and which frames are whose.
void tell_of_parts(const std::vector<Part>& parts, ReadOutcome& outcome);

}  // namespace sipharness::capture
