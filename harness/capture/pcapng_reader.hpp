#pragma once
// pcapng: any sections, each with its byte order and its interfaces, each with its link type, clock
// and snapshot length. Blocks of other kinds (names, keys, journals, custom ones) are passed over.
/// @source draft-ietf-opsawg-pcapng

#include "harness/capture/file_numbers.hpp"
#include "harness/capture/frame_reader.hpp"

namespace sipharness::capture {

class PcapngReader final : public FrameReader {
 public:
  static bool reads(std::string_view file);
  static Expected<std::unique_ptr<FrameReader>> make(std::string_view file);
  bool next(packet::FrameView& frame) override;

 private:
  explicit PcapngReader(std::string_view file) : file_(file) {}

  /// The units of a clock in a second: a power of 10 or of 2.
  struct Resolution {
    bool is_binary = false;
    unsigned exponent = 6;
  };
  struct Interface {
    packet::LinkType link = packet::LinkType::ethernet;
    std::uint32_t snapshot_length = 0;
    Resolution resolution{};
    std::int64_t offset = 0;    ///< seconds to add
    std::uint64_t dropped = 0;  ///< as the last statistics say
  };
  struct Block {
    std::uint32_t type = 0;
    std::string_view body;
  };

  std::optional<Block> take_block();
  bool take_section(std::string_view head);
  void take_interface(std::string_view body);
  void take_statistics(std::string_view body);
  bool take_enhanced(std::string_view body, packet::FrameView& frame);
  bool take_obsolete(std::string_view body, packet::FrameView& frame);
  bool take_simple(std::string_view body, packet::FrameView& frame);
  bool take_packet(const Block& block, packet::FrameView& frame);
  /// Calls `take(code, value)` for every option.
  template <class Take>
  void each_option(std::string_view options, Take take) const;
  CaptureTime stamp(const Interface& interface, std::uint64_t units);
  const Interface* interface(std::uint32_t index);

  std::string_view file_;
  std::size_t at_ = 0;
  FileNumbers numbers_;
  std::vector<Interface> interfaces_;  ///< of the section
  CaptureTime last_;
};

}  // namespace sipharness::capture
