#include "harness/host/net/tcp_listener.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/machine/descriptors.hpp"
#include "harness/host/net/tcp_stream.hpp"

namespace sipharness::host {
namespace {

constexpr int accepts_per_turn = 64;
/// policy: between two looks for a free descriptor.
constexpr Duration pause = 100ms;

}  // namespace

TcpListener::TcpListener(Engine& engine, const Endpoint& local, world::AcceptFunction accept)
    : engine_(engine),
      accept_(std::move(accept)),
      socket_(open_bound(Transport::tcp, local)),
      local_(local_endpoint(socket_)) {
  if (::listen(socket_.number(), SOMAXCONN) != 0) {
    throw SetupError(fmt::format("cannot listen on {} (TCP): {}; stop the program that holds it",
                                 local_.text(), std::strerror(errno)));
  }
  watch();
}

void TcpListener::watch() {
  watch_ = engine_.reactor().watch(socket_.number(), [this] { on_readable(); });
}

void TcpListener::on_readable() {
  const auto alive = lifeline_.alive();
  // accept_ is called through a copy: the handler may destroy this listener and its function.
  const world::AcceptFunction accept = accept_;
  for (int i = 0; i < accepts_per_turn && *alive; ++i) {
    SocketAddress remote;
    Descriptor socket(::accept4(socket_.number(), remote.generic(), &remote.length,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) {
      if (errno == EMFILE || errno == ENFILE) rest();
      return;
    }
    if (is_kept_back(socket.number())) {
      refuse(std::move(socket));
      continue;
    }
    auto stream =
        std::make_unique<TcpStream>(engine_, std::move(socket), to_endpoint(remote.storage));
    TcpStream& accepted = *stream;
    const auto stream_alive = accepted.alive();
    engine_.stream_tap().accepted(accepted.local(), accepted.remote());
    world::StreamHandler& handler = accept(std::move(stream));
    if (*stream_alive) accepted.serve(handler);
  }
}

void TcpListener::refuse(Descriptor socket) {
  engine_.tell_shortage(fmt::format("connections to {} are refused", local_.text()));
  reset_on_close(socket);
}

void TcpListener::rest() {
  engine_.tell_shortage(fmt::format("connections to {} wait", local_.text()));
  watch_.reset();
  rest_ = engine_.call_at(engine_.now() + pause, [this] { watch(); });
}

}  // namespace sipharness::host
