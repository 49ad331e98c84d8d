#include "harness/capture/pcap_reader.hpp"

#include <fmt/format.h>

namespace sipharness::capture {
namespace {

constexpr std::size_t pcap_header = 24;

}  // namespace

const PcapReader::Variant PcapReader::variants[] = {
    {0xa1b2c3d4, 1000, 16}, {0xa1b23c4d, 1, 16}, {0xa1b2cd34, 1000, 24}};

bool PcapReader::reads(std::string_view file) {
  if (file.size() < 4) return false;
  const std::uint32_t magic = FileNumbers().u32(file, 0);
  for (const Variant& variant : variants)
    if (magic == variant.magic || magic == __builtin_bswap32(variant.magic)) return true;
  return false;
}

Expected<std::unique_ptr<FrameReader>> PcapReader::make(std::string_view file) {
  if (file.size() < pcap_header) return failure({}, "the file ends inside its header");
  const std::uint32_t magic = FileNumbers().u32(file, 0);
  for (const Variant& variant : variants) {
    const bool is_swapped = magic == __builtin_bswap32(variant.magic);
    if (magic != variant.magic && !is_swapped) continue;
    const FileNumbers numbers(is_swapped);
    if (const unsigned version = numbers.u16(file, 4); version != 2)
      return failure({}, fmt::format("pcap of version {}; 2 is read", version));
    return std::unique_ptr<FrameReader>(new PcapReader(file, variant, numbers));
  }
  return failure({}, "no pcap file");
}

/// The upper half of the link type says how long a frame check sequence is: it lies behind what an
/// IP header calls its packet.
PcapReader::PcapReader(std::string_view file, const Variant& variant, FileNumbers numbers)
    : rest_(file.substr(pcap_header)),
      variant_(variant),
      numbers_(numbers),
      link_(static_cast<packet::LinkType>(numbers.u32(file, 20) & 0xffffU)) {
  notes_.links = {link_};
}

bool PcapReader::next(packet::FrameView& frame) {
  if (rest_.empty()) return false;
  if (rest_.size() < variant_.record_header)
    return end("truncated: the file ends inside the header of this frame");
  const std::uint32_t captured = numbers_.u32(rest_, 8);
  if (captured > rest_.size() - variant_.record_header)
    return end("truncated: the file ends inside this frame, or its length is damaged");
  frame.at = time_of(numbers_.u32(rest_, 0), numbers_.u32(rest_, 4) * variant_.nanoseconds);
  frame.link = link_;
  frame.original_length = numbers_.u32(rest_, 12);
  frame.bytes = rest_.substr(variant_.record_header, captured);
  rest_.remove_prefix(variant_.record_header + captured);
  return give(frame);
}

}  // namespace sipharness::capture
