#include "harness/host/process/control_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/net/socket.hpp"
#include "harness/host/real_world.hpp"

namespace sipharness::host {
namespace {

constexpr Duration retry_period = 20ms;
/// policy: commands that nobody reads.
constexpr std::size_t max_unsent = 1024UL * 1024;

SocketAddress address_of(const std::string& text) {
  SocketAddress address;
  if (const auto endpoint = Endpoint::parse(text)) return SocketAddress(*endpoint);
  sockaddr_un local{};
  if (!text.starts_with('/') || text.size() >= sizeof(local.sun_path))
    throw SetupError(
        fmt::format("\"{}\" is no control address: address:port, or a path of less "
                    "than {} characters",
                    text, sizeof(local.sun_path)));
  local.sun_family = AF_UNIX;
  std::memcpy(local.sun_path, text.c_str(), text.size());
  std::memcpy(&address.storage, &local, sizeof(local));
  address.length = sizeof(local);
  return address;
}

}  // namespace

class ControlSocket::Impl {
 public:
  Impl(RealWorld& world, const std::string& address, Handlers handlers)
      : world_(world), address_(address_of(address)), handlers_(std::move(handlers)) {
    try_later();
  }

  void send(std::string_view bytes) {
    if (!watch_ || unsent_.size() + bytes.size() > max_unsent) return;
    unsent_.append(bytes);
    flush();
  }

 private:
  void try_later() {
    timer_ = world_.call_after(retry_period, [this] { connect(); });
  }

  void connect() {
    socket_ = Descriptor(
        ::socket(address_.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int result = ::connect(socket_.number(), address_.generic(), address_.length);
    if (result != 0 && errno != EINPROGRESS) return try_later();
    timer_ = world_.call_after(retry_period, [this] { finish_connecting(); });
  }

  /// On this host a period is ample: either somebody listens by now, or nobody does.
  void finish_connecting() {
    pollfd state{socket_.number(), POLLOUT, 0};
    if (::poll(&state, 1, 0) != 1 || (state.revents & (POLLERR | POLLHUP)) != 0) return try_later();
    watch_ = world_.watch(socket_.number(), [this] { receive(); });
    handlers_.on_open();
  }

  void receive() {
    std::array<char, 16384> buffer;
    const ssize_t length = ::recv(socket_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (length > 0) return handlers_.on_bytes({buffer.data(), static_cast<std::size_t>(length)});
    watch_.reset();
    const auto on_end = std::exchange(handlers_.on_end, {});
    on_end();
  }

  void flush() {
    const ssize_t sent =
        ::send(socket_.number(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
    if (sent < 0 && errno != EAGAIN && errno != EINTR) unsent_.clear();
    if (!unsent_.empty()) timer_ = world_.call_after(retry_period, [this] { flush(); });
  }

  RealWorld& world_;
  SocketAddress address_;
  Handlers handlers_;
  Descriptor socket_;
  std::string unsent_;
  std::unique_ptr<world::Timer::Pending> watch_;
  world::Timer timer_;
};

ControlSocket::ControlSocket(RealWorld& world, const std::string& address, Handlers handlers)
    : impl_(std::make_unique<Impl>(world, address, std::move(handlers))) {}
ControlSocket::~ControlSocket() = default;

void ControlSocket::send(std::string_view bytes) {
  impl_->send(bytes);
}

}  // namespace sipharness::host
