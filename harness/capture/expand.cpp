#include "harness/capture/expand.hpp"

#include <algorithm>
#include <cstdint>
#include <lzma.h>
#define ZLIB_CONST
#include <memory>
#include <new>
#include <span>
#include <zlib.h>
#include <zstd.h>

#include <fmt/format.h>

namespace sipharness::capture {
namespace {

constexpr std::string_view gzip_magic("\x1f\x8b\x08", 3);
constexpr std::string_view zstd_magic("\x28\xb5\x2f\xfd", 4);
constexpr std::string_view xz_magic("\xfd\x37zXZ\0", 6);

enum class State : std::uint8_t { going_on, at_end, damaged, needs_memory };

/// One of the libraries. step() takes from the front of `in` and of `room` what it has used.
class Expander {
 public:
  virtual ~Expander() = default;
  virtual State step(std::string_view& in, std::span<char>& room) = 0;
  /// Whether the file may end where all of it was taken: between two members or frames.
  virtual bool is_between() const { return false; }
};

class Gzip final : public Expander {
 public:
  Gzip() { inflateInit2(&stream_, 15 + 16); }  // the largest window, and a gzip header
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  State step(std::string_view& in, std::span<char>& room) override {
    constexpr std::size_t most = std::size_t{1} << 30U;
    const auto offered = static_cast<uInt>(std::min(in.size(), most));
    const auto space = static_cast<uInt>(std::min(room.size(), most));
    stream_.next_in = reinterpret_cast<const Bytef*>(in.data());
    stream_.avail_in = offered;
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = space;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    in.remove_prefix(offered - stream_.avail_in);
    room = room.subspan(space - stream_.avail_out);
    if (code == Z_MEM_ERROR) return State::needs_memory;
    if (code == Z_STREAM_END) return next_member(in);
    return code == Z_OK || code == Z_BUF_ERROR ? State::going_on : State::damaged;
  }

 private:
  /// Files may be joined by `cat`; some are padded with zeros.
  State next_member(std::string_view in) {
    if (in.starts_with(gzip_magic)) {
      inflateReset(&stream_);
      return State::going_on;
    }
    const bool is_padding = in.find_first_not_of('\0') == std::string_view::npos;
    return is_padding ? State::at_end : State::damaged;
  }

  z_stream stream_{};
};

class Zstandard final : public Expander {
 public:
  State step(std::string_view& in, std::span<char>& room) override {
    ZSTD_inBuffer source{in.data(), in.size(), 0};
    ZSTD_outBuffer target{room.data(), room.size(), 0};
    const std::size_t code = ZSTD_decompressStream(stream_.get(), &target, &source);
    in.remove_prefix(source.pos);
    room = room.subspan(target.pos);
    if (ZSTD_isError(code) != 0) return State::damaged;
    if (source.pos + target.pos > 0) is_between_ = code == 0;
    return State::going_on;
  }
  bool is_between() const override { return is_between_; }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  const std::unique_ptr<ZSTD_DStream, Free> stream_{ZSTD_createDStream()};
  bool is_between_ = false;
};

class Xz final : public Expander {
 public:
  Xz() {
    // `xz -9` needs 65 MiB.
    constexpr std::uint64_t most_memory = std::uint64_t{256} << 20U;
    is_ready_ = lzma_stream_decoder(&stream_, most_memory, LZMA_CONCATENATED) == LZMA_OK;
  }
  ~Xz() override { lzma_end(&stream_); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

  State step(std::string_view& in, std::span<char>& room) override {
    if (!is_ready_) return State::needs_memory;
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    stream_.avail_out = room.size();
    const lzma_ret code = lzma_code(&stream_, LZMA_FINISH);
    in.remove_prefix(in.size() - stream_.avail_in);
    room = room.subspan(room.size() - stream_.avail_out);
    if (code == LZMA_STREAM_END) return State::at_end;
    if (code == LZMA_MEM_ERROR || code == LZMA_MEMLIMIT_ERROR) return State::needs_memory;
    return code == LZMA_OK || code == LZMA_BUF_ERROR ? State::going_on : State::damaged;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool is_ready_ = false;
};

template <class Kind>
std::unique_ptr<Expander> make() {
  return std::make_unique<Kind>();
}

struct Format {
  std::string_view magic;
  std::string_view name;
  std::string_view program;
  std::unique_ptr<Expander> (*make)();
};
constexpr Format formats[] = {{gzip_magic, "gzip", "gzip", make<Gzip>},
                              {zstd_magic, "Zstandard", "zstd", make<Zstandard>},
                              {xz_magic, "xz", "xz", make<Xz>}};

const Format* format_of(std::string_view file) {
  const auto* const found = std::ranges::find_if(
      formats, [&](const Format& format) { return file.starts_with(format.magic); });
  return found == std::end(formats) ? nullptr : found;
}

constexpr std::size_t most_at_once = std::size_t{16} << 20U;

}  // namespace

bool is_compressed(std::string_view file) {
  return format_of(file) != nullptr;
}

Expected<Expanded> expand(std::string_view file, std::size_t most) {
  const Format& format = *format_of(file);
  const std::unique_ptr<Expander> expander = format.make();
  Expanded expanded;
  while (true) {
    std::span<char> room = expanded.bytes.room();
    room = room.first(std::min(room.size(), most_at_once));
    const std::size_t had = file.size() + room.size();
    const std::size_t space = room.size();
    const State state = expander->step(file, room);
    expanded.bytes.add(space - room.size());
    if (expanded.bytes.all().size() > most)
      return failure({}, fmt::format("the {} data expands to more than {} MiB: expand the file "
                                     "first (`{} -dc`)",
                                     format.name, most >> 20U, format.program));
    if (state == State::needs_memory) throw std::bad_alloc();
    if (state == State::damaged)
      expanded.fault = fmt::format("the {} data is damaged: what comes after is lost", format.name);
    const bool is_stuck = file.size() + room.size() == had || (file.empty() && !room.empty());
    if (state == State::going_on && is_stuck && !expander->is_between())
      expanded.fault = fmt::format("the {} data ends early: what comes after is lost", format.name);
    if (state != State::going_on || is_stuck) return expanded;
  }
}

}  // namespace sipharness::capture
