#include "harness/capture/pcap_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "harness/base/setup_error.hpp"
#include "harness/capture/link_types.hpp"

namespace sipharness::capture {
namespace {

/// Frames may exceed any MTU: offloading, and synthesised IP packets of up to 64 KiB.
constexpr int snapshot_length = 262144;

/// A file that is written only when it is flushed never ends in the middle of a frame, whenever the
/// process dies; it is flushed before a frame finds no room.
constexpr off_t buffer_size = 1 << 20;
/// Of a pcap file and of each frame in it.
constexpr off_t file_header = 24;
constexpr std::size_t record_header = 16;
constexpr std::size_t largest_record = snapshot_length + record_header;

struct Close {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
  void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};

timeval nanosecond_stamp(CaptureTime at) {
  const Duration since_epoch = at.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  return {.tv_sec = seconds.count(), .tv_usec = (since_epoch - seconds).count()};
}

}  // namespace

class PcapWriter::Impl {
 public:
  Impl(const std::string& path, packet::LinkType link)
      : handle_(pcap_open_dead_with_tstamp_precision(to_pcap(link), snapshot_length,
                                                     PCAP_TSTAMP_PRECISION_NANO)),
        dumper_(open(handle_.get(), path)) {
    flush();
  }

  void write(const packet::FrameView& frame) {
    if (error_) return;
    pcap_pkthdr header{};
    header.ts = nanosecond_stamp(frame.at);
    header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
    header.len = std::max(frame.original_length, header.caplen);
    pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header,
              reinterpret_cast<const u_char*>(frame.bytes.data()));
    ++frames_;
    ends_.push_back(ends_.back() + static_cast<off_t>(record_header + frame.bytes.size()));
    const off_t unflushed = ends_.back() - ends_.front();
    if (unflushed + static_cast<off_t>(largest_record) > buffer_size) flush();
  }

  void flush() {
    if (error_) return;
    if (pcap_dump_flush(dumper_.get()) != 0) return give_up();
    ends_ = {ends_.back()};
  }

  std::uint64_t frames() const { return frames_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  pcap_dumper_t* open(pcap_t* handle, const std::string& path) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr) cannot_write(path, std::strerror(errno));
    std::setvbuf(file, buffer_.get(), _IOFBF, buffer_size);
    pcap_dumper_t* const dumper = pcap_dump_fopen(handle, file);
    if (dumper != nullptr) return dumper;
    cannot_write(path, pcap_geterr(handle));
  }

  [[noreturn]] static void cannot_write(const std::string& path, std::string_view why) {
    throw SetupError(fmt::format(
        "cannot write the capture {}: {}; choose another folder with --out", path, why));
  }

  std::FILE* file() const { return pcap_dump_file(dumper_.get()); }

  /// What is in the file stays readable: a frame of which only a part found room goes again.
  void give_up() {
    error_ = std::strerror(errno);
    ::__fpurge(file());
    struct stat written {};
    ::fstat(::fileno(file()), &written);
    const auto beyond = std::ranges::upper_bound(ends_, written.st_size);
    const off_t whole = beyond == ends_.begin() ? 0 : *std::prev(beyond);
    if (::ftruncate(::fileno(file()), whole) != 0) *error_ += "; its last frame is cut";
  }

  /// Outlives the dumper, which writes out of it until it is closed.
  const std::unique_ptr<char[]> buffer_ = std::make_unique_for_overwrite<char[]>(buffer_size);

  std::unique_ptr<pcap_t, Close> handle_;
  std::unique_ptr<pcap_dumper_t, Close> dumper_;
  std::uint64_t frames_ = 0;
  /// Where the frames since the last flush end in the file, after what was flushed.
  std::vector<off_t> ends_{file_header};
  std::optional<std::string> error_;
};

PcapWriter::PcapWriter(const std::string& path, packet::LinkType link)
    : impl_(std::make_unique<Impl>(path, link)) {}

PcapWriter::~PcapWriter() = default;

void PcapWriter::on_frame(const packet::FrameView& frame) {
  impl_->write(frame);
}

void PcapWriter::flush() {
  impl_->flush();
}

std::uint64_t PcapWriter::frames() const {
  return impl_->frames();
}

bool PcapWriter::failed() const {
  return impl_->error().has_value();
}

std::optional<std::string> PcapWriter::error() const {
  return impl_->error();
}

}  // namespace sipharness::capture
