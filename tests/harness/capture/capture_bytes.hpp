#pragma once
// Capture files of every kind as bytes, and what is read of them.

#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "harness/capture/capture_file.hpp"

namespace sipharness::capture {

class FrameList final : public packet::FrameSink {
 public:
  struct Frame {
    CaptureTime at;
    packet::LinkType link;
    std::uint32_t original_length;
    std::string bytes;
    bool operator==(const Frame&) const = default;
  };
  std::vector<Frame> frames;
  void on_frame(const packet::FrameView& frame) override {
    frames.push_back({frame.at, frame.link, frame.original_length, std::string(frame.bytes)});
  }
};

inline const CaptureTime start{std::chrono::seconds(1704067200) + 123456789ns};

enum class Order : std::uint8_t { little, big };

/// Numbers and blocks in one byte order.
struct Writer {
  Order order = Order::little;

  std::string number(std::uint64_t value, unsigned size) const {
    std::string bytes;
    for (unsigned i = 0; i < size; ++i) {
      const unsigned place = order == Order::little ? i : size - 1 - i;
      bytes += static_cast<char>(value >> (8 * place));
    }
    return bytes;
  }
  std::string u16(std::uint64_t value) const { return number(value, 2); }
  std::string u32(std::uint64_t value) const { return number(value, 4); }

  std::string pcap_header(std::uint32_t magic, std::uint32_t link) const {
    return u32(magic) + u16(2) + u16(4) + u32(0) + u32(0) + u32(262144) + u32(link);
  }
  std::string pcap_record(std::uint32_t second, std::uint32_t fraction,
                          std::string_view bytes) const {
    return u32(second) + u32(fraction) + u32(bytes.size()) + u32(bytes.size()) + std::string(bytes);
  }

  static std::string padded(std::string_view bytes) {
    return std::string(bytes) + std::string((4 - bytes.size() % 4) % 4, '\0');
  }
  std::string block(std::uint32_t type, const std::string& body) const {
    return u32(type) + u32(body.size() + 12) + body + u32(body.size() + 12);
  }
  std::string section() const {
    return block(0x0a0d0d0a, u32(0x1a2b3c4d) + u16(1) + u16(0) + number(~std::uint64_t{0}, 8));
  }
  std::string option(unsigned code, std::string_view value) const {
    return u16(code) + u16(value.size()) + padded(value);
  }
  std::string interface(unsigned link, std::uint32_t snapshot_length,
                        const std::string& options = "") const {
    return block(1, u16(link) + u16(0) + u32(snapshot_length) + options + option(0, ""));
  }
  std::string packet(std::uint32_t of, std::uint64_t stamp, std::string_view bytes,
                     const std::string& options = "") const {
    return block(6, u32(of) + u32(stamp >> 32U) + u32(stamp) + u32(bytes.size()) +
                        u32(bytes.size()) + padded(bytes) + options);
  }
};

/// Reads files with these bytes as one capture.
class ReadBytes {
 public:
  explicit ReadBytes(const std::vector<std::string>& files,
                     const std::vector<std::string>& names = {}) {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::string name = i < names.size() ? names[i] : std::to_string(i);
      paths.push_back(testing::TempDir() + test->name() + "_" + name);
      std::ofstream(paths.back(), std::ios::binary) << files[i];
    }
    outcome = read_capture(paths, list);
    for (const std::string& path : paths) std::remove(path.c_str());
  }

  const std::vector<FrameList::Frame>& frames() const { return list.frames; }
  /// Without the paths.
  std::vector<std::string> faults() const {
    std::vector<std::string> texts;
    if (!outcome) return {outcome.error().text()};
    for (const FileFault& fault : outcome->faults)
      texts.push_back(fault.text.substr(fault.text.find(": ") + 2));
    return texts;
  }

  std::vector<std::string> paths;
  FrameList list;
  Expected<ReadOutcome> outcome = ReadOutcome{};
};

}  // namespace sipharness::capture
