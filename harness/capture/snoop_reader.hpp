#pragma once
// snoop, as Solaris writes it: of Ethernet.
/// @source RFC 1761

#include "harness/capture/frame_reader.hpp"

namespace sipharness::capture {

class SnoopReader final : public FrameReader {
 public:
  static bool reads(std::string_view file);
  static Expected<std::unique_ptr<FrameReader>> make(std::string_view file);
  bool next(packet::FrameView& frame) override;

 private:
  explicit SnoopReader(std::string_view records) : rest_(records) {
    notes_.links = {packet::LinkType::ethernet};
  }
  std::string_view rest_;
};

}  // namespace sipharness::capture
