#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "harness/base/setup_error.hpp"
#include "harness/capture/link_types.hpp"
#include "harness/capture/pcap_file.hpp"

namespace sipharness::capture {
namespace {

/// Frames may exceed any MTU: offloading, and synthesised IP packets of up to 64 KiB.
constexpr int snapshot_length = 262144;

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
        dumper_(pcap_dump_open(handle_.get(), path.c_str())) {
    if (dumper_) return;
    throw SetupError(fmt::format("cannot write the capture: {}; choose another folder with --out",
                                 pcap_geterr(handle_.get())));
  }

  void write(const packet::FrameView& frame) {
    pcap_pkthdr header{};
    header.ts = nanosecond_stamp(frame.at);
    header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
    header.len = std::max(frame.original_length, header.caplen);
    pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header,
              reinterpret_cast<const u_char*>(frame.bytes.data()));
    ++frames_;
    if (std::ferror(pcap_dump_file(dumper_.get())) != 0) remember_error();
  }

  void flush() {
    if (pcap_dump_flush(dumper_.get()) != 0) remember_error();
  }

  std::uint64_t frames() const { return frames_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  void remember_error() {
    if (!error_) error_ = std::strerror(errno);
  }

  std::unique_ptr<pcap_t, Close> handle_;
  std::unique_ptr<pcap_dumper_t, Close> dumper_;
  std::uint64_t frames_ = 0;
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

std::optional<std::string> PcapWriter::error() const {
  return impl_->error();
}

}  // namespace sipharness::capture
