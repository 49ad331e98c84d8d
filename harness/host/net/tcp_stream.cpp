#include "harness/host/net/tcp_stream.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <utility>

#include <fmt/format.h>

namespace sipharness::host {
namespace {

using world::StreamEnd;

constexpr std::size_t max_unsent_bytes = 16UL * 1024 * 1024;
constexpr int reads_per_turn = 16;

StreamEnd end_from_errno(int error) {
  switch (error) {
    case ECONNREFUSED:
      return StreamEnd::refused;
    case ETIMEDOUT:
      return StreamEnd::timed_out;
    case EAFNOSUPPORT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case EACCES:
    case EPERM:
      return StreamEnd::unreachable;
    default:
      return StreamEnd::reset;
  }
}

bool is_temporary(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int pending_error(const Descriptor& socket) {
  int error = 0;
  socklen_t length = sizeof(error);
  ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

}  // namespace

std::unique_ptr<TcpStream> TcpStream::connect(Engine& engine, const Endpoint& local,
                                              const Endpoint& remote,
                                              world::StreamHandler& handler) {
  Descriptor socket;
  try {
    socket = open_bound(Transport::tcp, local);
  } catch (const OutOfDescriptors&) {
    engine.tell_shortage(fmt::format("no connection to {}", remote.text()));
  }
  auto stream = std::make_unique<TcpStream>(engine, std::move(socket), remote);
  stream->start_connecting(handler);
  return stream;
}

TcpStream::TcpStream(Engine& engine, Descriptor socket, const Endpoint& remote)
    : engine_(engine),
      socket_(std::move(socket)),
      local_(local_endpoint(socket_)),
      remote_(remote) {
  set_option(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
}

TcpStream::~TcpStream() {
  if (!socket_.is_open()) return;
  engine_.send_batch().flush();
  if (state_ != State::over) discard_unread();
  engine_.stream_tap().closed_here(local_, remote_);
}

void TcpStream::start_connecting(world::StreamHandler& handler) {
  handler_ = &handler;
  if (!socket_.is_open()) return end_later(StreamEnd::unreachable);
  state_ = State::connecting;
  engine_.send_batch().flush();
  const SocketAddress address(remote_);
  const int result = ::connect(socket_.number(), address.generic(), address.length);
  const int error = result == 0 ? 0 : errno;
  local_ = local_endpoint(socket_);  // port 0, or any address, is settled by now
  if (error != 0 && error != EINPROGRESS) {
    end_later(end_from_errno(error));
    return;
  }
  engine_.stream_tap().connecting(local_, remote_);
  watch_ = engine_.reactor().watch(socket_.number(), [this] { on_ready(); });
  watch_->when_writable([this] { on_ready(); });
}

void TcpStream::serve(world::StreamHandler& handler) {
  handler_ = &handler;
  if (!socket_.is_open() || state_ == State::over) return;
  watch_ = engine_.reactor().watch(socket_.number(), [this] { on_ready(); });
  if (!unsent_.empty()) watch_->when_writable([this] { flush(); });
}

void TcpStream::send(std::string_view bytes) {
  if (state_ == State::over) return;
  if (unsent_.size() + bytes.size() > max_unsent_bytes) {
    end_later(StreamEnd::timed_out);
    return;
  }
  const bool must_wait = state_ == State::connecting || !unsent_.empty();
  unsent_.append(bytes);
  if (!must_wait) flush();
}

void TcpStream::abort() {
  if (!socket_.is_open()) return fall_silent();
  engine_.send_batch().flush();
  fall_silent();
  reset_on_close(socket_);
  engine_.stream_tap().reset_here(local_, remote_);
  const Descriptor closed = std::move(socket_);
}

void TcpStream::vanish() {
  if (!socket_.is_open()) return;
  fall_silent();
  drop_what_comes(socket_, false);
  discard_unread();
  engine_.abandon(std::move(socket_));
}

void TcpStream::freeze() {
  if (!socket_.is_open()) return;
  fall_silent();
  drop_what_comes(socket_, true);
}

void TcpStream::on_ready() {
  if (state_ == State::connecting) {
    finish_connecting();
  } else if (state_ == State::open) {
    receive();
  }
}

void TcpStream::finish_connecting() {
  const int error = pending_error(socket_);
  if (error != 0) {
    const StreamEnd end = end_from_errno(error);
    if (end == StreamEnd::refused) engine_.stream_tap().reset_there(local_, remote_);
    tell_end(end);
    return;
  }
  state_ = State::open;
  engine_.stream_tap().connected(local_, remote_);
  flush();
  handler_->on_open();
}

void TcpStream::receive() {
  const auto alive = lifeline_.alive();
  auto& buffer = engine_.stream_bytes();
  for (int i = 0; i < reads_per_turn && *alive && state_ == State::open; ++i) {
    const ssize_t length = ::recv(socket_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0 && is_temporary(errno)) return;
    if (length <= 0) {
      const StreamEnd end = length == 0 ? StreamEnd::closed : end_from_errno(errno);
      tell_end(send_failure_.value_or(end));
      return;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(length));
    engine_.stream_tap().received(local_, remote_, bytes);
    handler_->on_bytes(bytes);
  }
}

/// An error here is told by the next read, after the bytes that came before it.
void TcpStream::flush() {
  engine_.send_batch().flush();
  while (!unsent_.empty()) {
    const ssize_t sent =
        ::send(socket_.number(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && is_temporary(errno)) {
      if (watch_) watch_->when_writable([this] { flush(); });
      return;
    }
    if (sent < 0) {
      send_failure_ = end_from_errno(errno);
      unsent_.clear();
      return;
    }
    const auto taken = static_cast<std::size_t>(sent);
    engine_.stream_tap().sent(local_, remote_, std::string_view(unsent_).substr(0, taken));
    unsent_.erase(0, taken);
  }
}

void TcpStream::tell_end(StreamEnd end) {
  if (end == StreamEnd::closed) engine_.stream_tap().closed_there(local_, remote_);
  if (end == StreamEnd::reset) engine_.stream_tap().reset_there(local_, remote_);
  fall_silent();
  handler_->on_end(end);
}

void TcpStream::end_later(StreamEnd end) {
  fall_silent();
  late_end_ = engine_.call_at(engine_.now(), [this, end] { handler_->on_end(end); });
}

void TcpStream::fall_silent() {
  state_ = State::over;
  watch_.reset();
  late_end_.cancel();
  unsent_.clear();
}

void TcpStream::discard_unread() {
  auto& buffer = engine_.stream_bytes();
  for (int i = 0; i < reads_per_turn; ++i) {
    if (::recv(socket_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT) <= 0) return;
  }
}

}  // namespace sipharness::host
