#include "harness/capture/frame_reader.hpp"

#include <algorithm>
#include <utility>

#include "harness/capture/other_formats.hpp"
#include "harness/capture/pcap_reader.hpp"
#include "harness/capture/pcapng_reader.hpp"
#include "harness/capture/snoop_reader.hpp"

namespace sipharness::capture {
bool FrameReader::give(packet::FrameView& frame) {
  frame.number = static_cast<std::uint32_t>(number());
  if (frame.original_length < frame.bytes.size()) notes_.impossible_lengths.add(number());
  ++notes_.frames;
  return true;
}

bool FrameReader::end(std::string why) {
  notes_.end = std::move(why);
  return false;
}

CaptureTime FrameReader::time_of(std::int64_t second, std::uint64_t nanoseconds) {
  constexpr std::int64_t last_second = 0xffffffff;  // what a pcap file's 32 bits can say
  constexpr std::uint64_t last_nanosecond = 999'999'999;
  if (second < 0 || second > last_second || nanoseconds > last_nanosecond)
    notes_.impossible_times.add(number());
  const Duration fraction(
      static_cast<Duration::rep>(std::min<std::uint64_t>(nanoseconds, last_nanosecond)));
  return CaptureTime{std::chrono::seconds(std::clamp<std::int64_t>(second, 0, last_second)) +
                     fraction};
}

Expected<std::unique_ptr<FrameReader>> make_reader(std::string_view file) {
  if (PcapReader::reads(file)) return PcapReader::make(file);
  if (PcapngReader::reads(file)) return PcapngReader::make(file);
  if (SnoopReader::reads(file)) return SnoopReader::make(file);
  return failure({}, why_not_a_capture(file));
}

}  // namespace sipharness::capture
