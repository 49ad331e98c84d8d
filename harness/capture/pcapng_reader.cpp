#include "harness/capture/pcapng_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sipharness::capture {
namespace {

/// @source draft-ietf-opsawg-pcapng §4
namespace block_type {
constexpr std::uint32_t interface = 1;
constexpr std::uint32_t obsolete_packet = 2;
constexpr std::uint32_t simple_packet = 3;
constexpr std::uint32_t statistics = 5;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint32_t journal_entry = 9;
constexpr std::uint32_t section = 0x0a0d0d0a;
constexpr std::uint32_t custom = 0x0bad;
constexpr std::uint32_t custom_not_copied = 0x40000bad;
}  // namespace block_type

constexpr std::size_t block_head = 8;
constexpr std::size_t block_frame = 12;  ///< type and length, and the length again
constexpr std::uint32_t byte_order = 0x1a2b3c4d;

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

/// Seconds and nanoseconds of a clock that counts in 2^-exponent seconds.
std::pair<std::int64_t, std::uint64_t> from_binary(std::uint64_t units, unsigned exponent) {
  constexpr unsigned most_bits = 63;
  constexpr unsigned bits_kept = 30;  // a nanosecond, and the product fits
  if (exponent > most_bits) return {0, 0};
  std::uint64_t fraction = units & ((std::uint64_t{1} << exponent) - 1);
  const unsigned kept = std::min(exponent, bits_kept);
  fraction >>= exponent - kept;
  return {static_cast<std::int64_t>(units >> exponent), (fraction * 1'000'000'000U) >> kept};
}

std::pair<std::int64_t, std::uint64_t> from_decimal(std::uint64_t units, unsigned exponent) {
  constexpr unsigned most_digits = 19;
  constexpr unsigned digits_of_nanoseconds = 9;
  if (exponent > most_digits) return {0, 0};
  std::uint64_t in_a_second = 1;
  for (unsigned digit = 0; digit < exponent; ++digit) in_a_second *= 10;
  std::uint64_t nanoseconds = units % in_a_second;
  for (unsigned digit = exponent; digit < digits_of_nanoseconds; ++digit) nanoseconds *= 10;
  for (unsigned digit = digits_of_nanoseconds; digit < exponent; ++digit) nanoseconds /= 10;
  return {static_cast<std::int64_t>(units / in_a_second), nanoseconds};
}

}  // namespace

bool PcapngReader::reads(std::string_view file) {
  return file.size() >= 4 && FileNumbers().u32(file, 0) == block_type::section;
}

Expected<std::unique_ptr<FrameReader>> PcapngReader::make(std::string_view file) {
  std::unique_ptr<PcapngReader> reader(new PcapngReader(file));
  if (!reader->take_section(file)) return failure({}, reader->notes_.end);
  return reader;
}

bool PcapngReader::next(packet::FrameView& frame) {
  while (const std::optional<Block> block = take_block()) {
    switch (block->type) {
      case block_type::section:
        break;
      case block_type::interface:
        take_interface(block->body);
        break;
      case block_type::statistics:
        take_statistics(block->body);
        break;
      case block_type::simple_packet:
      case block_type::enhanced_packet:
      case block_type::obsolete_packet:
        return take_packet(*block, frame);
      case block_type::journal_entry:
      case block_type::custom:
      case block_type::custom_not_copied:
        ++notes_.frames;  // they have no packet, and Wireshark gives them a number
        break;
      default:
        break;
    }
  }
  return false;
}

std::optional<PcapngReader::Block> PcapngReader::take_block() {
  const std::string_view rest = file_.substr(at_);
  if (rest.empty() || !notes_.end.empty()) return std::nullopt;
  const auto give_up = [this](std::string_view why) {
    end(fmt::format("{} (block at byte {})", why, at_));
    return std::nullopt;
  };
  if (rest.size() < block_frame) return give_up("truncated: the file ends inside a block");
  // Its magic reads the same in both orders; what follows is in the order that the section tells.
  if (numbers_.u32(rest, 0) == block_type::section && !take_section(rest)) return std::nullopt;
  const std::uint32_t length = numbers_.u32(rest, 4);
  if (length < block_frame || length % 4 != 0) return give_up("damaged: an impossible length");
  if (length > rest.size())
    return give_up("truncated: the file ends inside a block, or its length is damaged");
  if (numbers_.u32(rest, length - 4) != length)
    return give_up("damaged: the two lengths of a block differ");
  at_ += length;
  return Block{numbers_.u32(rest, 0), rest.substr(block_head, length - block_frame)};
}

bool PcapngReader::take_section(std::string_view head) {
  constexpr std::size_t section_head = 16;
  if (head.size() < section_head) return end("truncated: the file ends inside its header");
  const std::uint32_t order = FileNumbers().u32(head, 8);
  if (order != byte_order && order != __builtin_bswap32(byte_order))
    return end("damaged: a section without a byte order");
  numbers_ = FileNumbers(order != byte_order);
  if (const unsigned version = numbers_.u16(head, 12); version != 1)
    return end(fmt::format("pcapng of version {}; 1 is read", version));
  interfaces_.clear();
  return true;
}

template <class Take>
void PcapngReader::each_option(std::string_view options, Take take) const {
  while (options.size() >= 4) {
    const unsigned code = numbers_.u16(options, 0);
    const std::size_t size = numbers_.u16(options, 2);
    options.remove_prefix(4);
    if (code == 0 || size > options.size()) return;
    take(code, options.substr(0, size));
    options.remove_prefix(std::min(padded(size), options.size()));
  }
}

void PcapngReader::take_interface(std::string_view body) {
  constexpr unsigned time_resolution = 9;
  constexpr unsigned time_offset = 14;
  constexpr unsigned binary = 0x80;
  Interface& interface = interfaces_.emplace_back();
  if (body.size() < 8) return;
  interface.link = static_cast<packet::LinkType>(numbers_.u16(body, 0));
  interface.snapshot_length = numbers_.u32(body, 4);
  each_option(body.substr(8), [&](unsigned code, std::string_view value) {
    if (code == time_resolution && !value.empty()) {
      const auto byte = static_cast<unsigned char>(value.front());
      interface.resolution = {(byte & binary) != 0, byte & (binary - 1)};
    } else if (code == time_offset && value.size() >= 8) {
      interface.offset = static_cast<std::int64_t>(numbers_.u64(value, 0));
    }
  });
  if (std::ranges::find(notes_.links, interface.link) == notes_.links.end())
    notes_.links.push_back(interface.link);
}

/// Each of them counts from the beginning.
void PcapngReader::take_statistics(std::string_view body) {
  constexpr unsigned dropped_by_interface = 5;
  constexpr unsigned dropped_by_system = 7;
  if (body.size() < block_frame || numbers_.u32(body, 0) >= interfaces_.size()) return;
  Interface& interface = interfaces_[numbers_.u32(body, 0)];
  std::uint64_t dropped = 0;
  each_option(body.substr(block_frame), [&](unsigned code, std::string_view value) {
    const bool is_wanted = code == dropped_by_interface || code == dropped_by_system;
    if (is_wanted && value.size() >= 8) dropped += numbers_.u64(value, 0);
  });
  if (dropped <= interface.dropped) return;
  notes_.dropped += dropped - interface.dropped;
  interface.dropped = dropped;
}

bool PcapngReader::take_packet(const Block& block, packet::FrameView& frame) {
  const bool is_whole = block.type == block_type::simple_packet ? take_simple(block.body, frame)
                        : block.type == block_type::enhanced_packet
                            ? take_enhanced(block.body, frame)
                            : take_obsolete(block.body, frame);
  if (!is_whole) {
    if (notes_.end.empty()) end("damaged: a block is shorter than the packet in it");
    return false;
  }
  last_ = frame.at;
  return give(frame);
}

const PcapngReader::Interface* PcapngReader::interface(std::uint32_t index) {
  if (index < interfaces_.size()) return &interfaces_[index];
  end("damaged: a packet of an interface that is not described");
  return nullptr;
}

CaptureTime PcapngReader::stamp(const Interface& interface, std::uint64_t units) {
  const Resolution resolution = interface.resolution;
  const auto [second, nanoseconds] = resolution.is_binary
                                         ? from_binary(units, resolution.exponent)
                                         : from_decimal(units, resolution.exponent);
  std::int64_t shifted = 0;
  if (__builtin_add_overflow(second, interface.offset, &shifted)) shifted = -1;
  return time_of(shifted, nanoseconds);
}

bool PcapngReader::take_enhanced(std::string_view body, packet::FrameView& frame) {
  constexpr std::size_t head = 20;
  constexpr unsigned drop_count = 4;
  if (body.size() < head) return false;
  const Interface* const of = interface(numbers_.u32(body, 0));
  const std::size_t captured = numbers_.u32(body, 12);
  if (of == nullptr || captured > body.size() - head) return false;
  const std::uint64_t high = numbers_.u32(body, 4);
  frame.at = stamp(*of, high << 32U | numbers_.u32(body, 8));
  frame.link = of->link;
  frame.original_length = numbers_.u32(body, 16);
  frame.bytes = body.substr(head, captured);
  const std::size_t end_of_bytes = std::min(head + padded(captured), body.size());
  each_option(body.substr(end_of_bytes), [&](unsigned code, std::string_view value) {
    if (code == drop_count && value.size() >= 8) notes_.dropped += numbers_.u64(value, 0);
  });
  return true;
}

bool PcapngReader::take_obsolete(std::string_view body, packet::FrameView& frame) {
  constexpr std::size_t head = 20;
  constexpr std::uint16_t unknown_drops = 0xffff;
  if (body.size() < head) return false;
  const Interface* const of = interface(numbers_.u16(body, 0));
  const std::size_t captured = numbers_.u32(body, 12);
  if (of == nullptr || captured > body.size() - head) return false;
  if (const std::uint16_t drops = numbers_.u16(body, 2); drops != unknown_drops)
    notes_.dropped += drops;
  const std::uint64_t high = numbers_.u32(body, 4);
  frame.at = stamp(*of, high << 32U | numbers_.u32(body, 8));
  frame.link = of->link;
  frame.original_length = numbers_.u32(body, 16);
  frame.bytes = body.substr(head, captured);
  return true;
}

/// It has no time: that of the packet before it.
bool PcapngReader::take_simple(std::string_view body, packet::FrameView& frame) {
  if (body.size() < 4) return false;
  const Interface* const of = interface(0);
  if (of == nullptr) return false;
  frame.original_length = numbers_.u32(body, 0);
  std::size_t captured = frame.original_length;
  if (of->snapshot_length != 0) captured = std::min<std::size_t>(captured, of->snapshot_length);
  frame.at = last_;
  frame.link = of->link;
  frame.bytes = body.substr(4, captured);
  notes_.without_time.add(number());
  return frame.bytes.size() == captured;
}

}  // namespace sipharness::capture
