#pragma once
// pcap: both byte orders, microseconds, nanoseconds, and the modified one of old Linux systems.
/// @source draft-ietf-opsawg-pcap

#include "harness/capture/file_numbers.hpp"
#include "harness/capture/frame_reader.hpp"

namespace sipharness::capture {

class PcapReader final : public FrameReader {
 public:
  static bool reads(std::string_view file);
  static Expected<std::unique_ptr<FrameReader>> make(std::string_view file);
  bool next(packet::FrameView& frame) override;

 private:
  struct Variant {
    std::uint32_t magic;
    std::uint64_t nanoseconds;  ///< of one unit of the fraction
    std::size_t record_header;
  };
  static const Variant variants[];

  PcapReader(std::string_view file, const Variant& variant, FileNumbers numbers);

  std::string_view rest_;
  const Variant& variant_;
  FileNumbers numbers_;
  packet::LinkType link_;
};

}  // namespace sipharness::capture
