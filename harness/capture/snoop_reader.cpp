#include "harness/capture/snoop_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/packet/byte_reader.hpp"

namespace sipharness::capture {
namespace {

constexpr std::string_view magic("snoop\0\0\0", 8);
constexpr std::size_t snoop_header = 16;
constexpr std::size_t snoop_record_header = 24;

}  // namespace

bool SnoopReader::reads(std::string_view file) {
  return file.starts_with(magic);
}

Expected<std::unique_ptr<FrameReader>> SnoopReader::make(std::string_view file) {
  constexpr std::uint32_t ethernet = 4;
  packet::ByteReader header(file);
  header.skip(magic.size());
  const std::uint32_t version = header.u32();
  const std::uint32_t link = header.u32();
  if (!header.ok()) return failure({}, "the file ends inside its header");
  if (version != 2) return failure({}, fmt::format("snoop of version {}; 2 is read", version));
  if (link != ethernet)
    return failure({}, fmt::format("snoop with datalink type {}; 4 (Ethernet) is read: convert it "
                                   "with `editcap -F pcapng`",
                                   link));
  return std::unique_ptr<FrameReader>(new SnoopReader(file.substr(snoop_header)));
}

bool SnoopReader::next(packet::FrameView& frame) {
  if (rest_.empty()) return false;
  packet::ByteReader header(rest_);
  frame.original_length = header.u32();
  const std::uint32_t captured = header.u32();
  const std::uint32_t record = header.u32();
  const std::uint32_t dropped = header.u32();
  const std::uint32_t second = header.u32();
  const std::uint32_t microsecond = header.u32();
  if (!header.ok()) return end("truncated: the file ends inside the header of this frame");
  if (captured > header.rest().size())
    return end("truncated: the file ends inside this frame, or its length is damaged");
  if (record < snoop_record_header || record - snoop_record_header < captured)
    return end("damaged: the record is shorter than what it holds");
  notes_.dropped = std::max<std::uint64_t>(notes_.dropped, dropped);
  frame.at = time_of(second, std::uint64_t{microsecond} * 1000);
  frame.link = packet::LinkType::ethernet;
  frame.bytes = header.rest().substr(0, captured);
  rest_.remove_prefix(std::min<std::size_t>(record, rest_.size()));
  return give(frame);
}

}  // namespace sipharness::capture
