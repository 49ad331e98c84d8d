#include "harness/host/machine/probes.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/statvfs.h>
#include <unistd.h>

#include "harness/host/capture/live_capture.hpp"
#include "harness/host/machine/heartbeat.hpp"
#include "harness/host/net/udp_port.hpp"

namespace sipharness::host {
namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

/// Counts what comes.
class Counter final : public world::DatagramHandler, public packet::FrameSink {
 public:
  void on_datagram(const Endpoint&, std::string_view) override {}
  void on_unreachable(const Endpoint&, Unreachable) override {}
  void on_frame(const packet::FrameView&) override { ++frames; }
  std::uint64_t frames = 0;
};

}  // namespace

std::optional<std::string> find_program(const std::string& program) {
  if (program.find('/') != std::string::npos)
    return is_program(program) ? std::optional(program) : std::nullopt;
  const char* const path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!program.empty() && !folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const fs::path candidate = fs::path(folders.substr(0, end)) / program;
    if (end > 0 && is_program(candidate)) return candidate.string();
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return std::nullopt;
}

std::string program_path() {
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? std::string("sipharness") : path.string();
}

Expected<std::uint64_t> free_space(const std::string& path) {
  std::error_code error;
  fs::path place = fs::absolute(path, error);
  while (!fs::exists(place, error) && place.has_relative_path()) place = place.parent_path();
  struct statvfs disk {};
  if (::statvfs(place.c_str(), &disk) != 0) return failure(path, std::strerror(errno));
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

ReceiveBuffer udp_receive_buffer() {
  ReceiveBuffer buffer{0, UdpPort::receive_buffer};
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  UdpPort::ask_for_receive_buffer(socket);
  int doubled = 0;
  socklen_t length = sizeof(doubled);
  // The kernel doubles what was asked for, for its own book-keeping.
  if (::getsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &doubled, &length) == 0)
    buffer.granted = doubled / 2;
  return buffer;
}

bool may_capture() {
  // Protocol 0: nothing is received.
  return Descriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)).is_open();
}

bool can_forget_connections() {
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return set_option(socket, IPPROTO_TCP, TCP_REPAIR, 1);
}

ClockReport watch_clocks() {
  ClockReport report;
  timespec resolution{};
  ::clock_getres(CLOCK_MONOTONIC, &resolution);
  report.resolution =
      std::chrono::seconds(resolution.tv_sec) + std::chrono::nanoseconds(resolution.tv_nsec);
  RealWorld world;
  const RealWorld::ClockPair before = world.read_clocks();
  bool is_over = false;
  const Heartbeat heartbeat(world, [&](Duration worst) {
    report.lag = worst;
    is_over = true;
  });
  world.run(world.now() + 3s, [&] { return is_over; });
  const RealWorld::ClockPair after = world.read_clocks();
  report.step = (after.capture - before.capture) - (after.monotonic - before.monotonic);
  return report;
}

BurstReport capture_burst() {
  constexpr std::uint64_t datagrams = 500;
  const std::string payload(1200, 'x');
  // Nobody else's: two of these may run side by side.
  const auto process = static_cast<unsigned>(::getpid());
  const IpAddress address = IpAddress::v4(
      {127, 111, static_cast<std::uint8_t>(process >> 8), static_cast<std::uint8_t>(process)});
  Counter counter;
  RealWorld world;
  LiveCapture capture(world, {.interface = "lo", .hosts = {address}}, counter);
  const auto port = world.open_datagram(Endpoint{address, 0}, counter);
  for (std::uint64_t i = 0; i < datagrams; ++i) port->send(port->local(), payload);
  capture.drain(1s);
  return {datagrams, counter.frames, capture.statistics().dropped};
}

}  // namespace sipharness::host
