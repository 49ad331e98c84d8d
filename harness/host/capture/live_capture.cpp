#include "harness/host/capture/live_capture.hpp"

#include <array>
#include <chrono>
#include <poll.h>
#include <utility>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "harness/base/expected.hpp"
#include "harness/base/setup_error.hpp"

namespace sipharness::host {
namespace {

/// How long a frame waits for others before it is read.
constexpr std::chrono::milliseconds block_timeout{20};
constexpr int snapshot_length = 262'144;
/// A block of 256 KiB serves one `block_timeout`, however little comes: these bridge 0.64 s in
/// which the harness stands still. The kernel clears all of them at the start and lets nobody else
/// at that processor meanwhile, on a virtual machine up to 3 ms a MiB: with 64 MiB whatever else
/// played in real time was late by 200 ms.
constexpr int buffer_size = 8 * 1024 * 1024;
constexpr int frames_per_turn = 4096;

struct CloseHandle {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, CloseHandle>;

Expected<Handle> activate(const std::string& interface) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  Handle handle(pcap_create(interface.c_str(), text.data()));
  if (!handle) return failure(interface, text.data());
  pcap_set_snaplen(handle.get(), snapshot_length);
  pcap_set_buffer_size(handle.get(), buffer_size);
  pcap_set_timeout(handle.get(), static_cast<int>(block_timeout.count()));
  pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  const int outcome = pcap_activate(handle.get());
  if (outcome >= 0) return handle;
  if (outcome == PCAP_ERROR_PERM_DENIED) {
    return failure(interface,
                   "capturing is not permitted; allow it (sudo setcap cap_net_raw+ep on the "
                   "program), run it with sudo, or use --capture tap");
  }
  const std::string detail = pcap_geterr(handle.get());
  return failure(interface,
                 fmt::format("{}{}{}; choose another interface or use --capture tap",
                             pcap_statustostr(outcome), detail.empty() ? "" : ": ", detail));
}

std::string filter_text(const std::vector<IpAddress>& hosts) {
  std::string text;
  for (const IpAddress& host : hosts) {
    if (!text.empty()) text += " or ";
    text += "host " + host.text();
  }
  return text;
}

[[noreturn]] void cannot_capture(const std::string& interface, std::string_view why) {
  throw SetupError(fmt::format("cannot capture on {}: {}", interface, why));
}

void set_filter(pcap_t* handle, const LiveCaptureOptions& options) {
  bpf_program program{};
  const std::string text = filter_text(options.hosts);
  if (pcap_compile(handle, &program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    cannot_capture(options.interface, pcap_geterr(handle));
  }
  const int outcome = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  if (outcome != 0) cannot_capture(options.interface, pcap_geterr(handle));
}

/// Link types of files and of handles differ for raw IP only.
packet::LinkType link_of(pcap_t* handle) {
  const int link = pcap_datalink(handle);
  return link == DLT_RAW ? packet::LinkType::raw : static_cast<packet::LinkType>(link);
}

}  // namespace

class LiveCapture::Impl {
 public:
  Impl(RealWorld& world, const LiveCaptureOptions& options, packet::FrameSink& sink)
      : sink_(sink), copies_(is_loopback_interface(options.interface) ? 2 : 1) {
    Expected<Handle> handle = activate(options.interface);
    if (!handle) cannot_capture(options.interface, handle.error().message);
    handle_ = std::move(*handle);
    set_filter(handle_.get(), options);
    std::array<char, PCAP_ERRBUF_SIZE> text{};
    if (pcap_setnonblock(handle_.get(), 1, text.data()) != 0) {
      cannot_capture(options.interface, text.data());
    }
    watch_ = world.watch(pcap_get_selectable_fd(handle_.get()), [this] { hand_over(); });
  }

  packet::LinkType link() const { return link_of(handle_.get()); }

  void drain(Duration timeout) {
    using std::chrono::steady_clock;
    const auto deadline = steady_clock::now() + timeout;
    pollfd ready{pcap_get_selectable_fd(handle_.get()), POLLIN, 0};
    // Silence proves nothing: on a loaded host the kernel passes a block on late. Its own count of
    // frames does.
    for (hand_over(); failure_.empty() && is_behind_the_kernel() && steady_clock::now() < deadline;
         hand_over()) {
      ::poll(&ready, 1, static_cast<int>(block_timeout.count()));
    }
  }

  CaptureStatistics statistics() const { return {received_, kernel_counts().ps_drop, failure_}; }

 private:
  pcap_stat kernel_counts() const {
    pcap_stat kernel{};
    pcap_stats(handle_.get(), &kernel);
    return kernel;
  }

  /// ps_recv includes what was dropped; on loopback it counts a frame going out and coming in,
  /// where libpcap keeps the latter only.
  bool is_behind_the_kernel() const {
    const pcap_stat kernel = kernel_counts();
    return received_ * copies_ + kernel.ps_drop < kernel.ps_recv;
  }

  /// The descriptor of a capture that has failed stays readable for ever.
  void give_up() {
    failure_ = pcap_geterr(handle_.get());
    watch_.reset();
  }

  /// One by one, since a sink may throw and libpcap's loop is C.
  void hand_over() {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    for (int i = 0; i < frames_per_turn; ++i) {
      const int outcome = pcap_next_ex(handle_.get(), &header, &bytes);
      if (outcome < 0) give_up();
      if (outcome != 1) return;
      ++received_;
      // At nanosecond precision tv_usec holds nanoseconds.
      sink_.on_frame({.at = CaptureTime(std::chrono::seconds(header->ts.tv_sec) +
                                        std::chrono::nanoseconds(header->ts.tv_usec)),
                      .link = link(),
                      .original_length = header->len,
                      .bytes = {reinterpret_cast<const char*>(bytes), header->caplen}});
    }
  }

  packet::FrameSink& sink_;
  const std::uint64_t copies_;
  Handle handle_;
  std::uint64_t received_ = 0;
  std::string failure_;
  std::unique_ptr<world::Timer::Pending> watch_;
};

LiveCapture::LiveCapture(RealWorld& world, const LiveCaptureOptions& options,
                         packet::FrameSink& sink)
    : impl_(std::make_unique<Impl>(world, options, sink)) {}
LiveCapture::~LiveCapture() = default;
packet::LinkType LiveCapture::link() const {
  return impl_->link();
}
void LiveCapture::drain(Duration timeout) {
  impl_->drain(timeout);
}
CaptureStatistics LiveCapture::statistics() const {
  return impl_->statistics();
}

std::optional<std::string> live_capture_obstacle(const std::string& interface) {
  const Expected<Handle> handle = activate(interface);
  if (handle) return std::nullopt;
  return handle.error().message;
}

}  // namespace sipharness::host
