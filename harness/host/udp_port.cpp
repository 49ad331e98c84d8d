#include "harness/host/udp_port.hpp"

#include <cerrno>

#include "harness/host/error_queue.hpp"

namespace sipharness::host {
namespace {

constexpr std::size_t max_unsent_datagrams = 1024;
constexpr std::size_t max_failures = 1024;

}  // namespace

void UdpPort::ask_for_receive_buffer(const Descriptor& socket) {
  set_option(socket, SOL_SOCKET, SO_RCVBUF, receive_buffer);
  set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer);
}

UdpPort::UdpPort(Engine& engine, const Endpoint& local, world::DatagramHandler& handler)
    : engine_(engine),
      handler_(handler),
      socket_(open_bound(Transport::udp, local)),
      local_(local_endpoint(socket_)) {
  ask_for_receive_buffer(socket_);
  enable_error_queue(socket_, local_.address);
  watch_ = engine_.reactor().watch(socket_.number(), [this] { on_readable(); });
  engine_.datagram_tap().opened(local_);
}

UdpPort::~UdpPort() {
  engine_.datagram_tap().closed(local_, engine_.now());
}

void UdpPort::send(const Endpoint& destination, std::string_view payload) {
  if (!unsent_.empty()) {
    queue(destination, payload);
    return;
  }
  const int error = try_send(destination, payload);
  if (error == EAGAIN || error == ENOBUFS) {
    queue(destination, payload);
    watch_->when_writable([this] { flush(); });
  }
}

void UdpPort::on_readable() {
  if (deliver_errors()) deliver_datagrams();
}

/// False if a handler destroyed this port.
bool UdpPort::deliver_errors() {
  const auto alive = lifeline_.alive();
  for (std::size_t i = 0; i < ReceiveBatch::capacity; ++i) {
    const std::optional<QueuedError> error = next_error(socket_);
    if (!error) return true;
    engine_.datagram_tap().unreachable(local_, *error);
    if (error->reason) handler_.on_unreachable(error->destination, *error->reason);
    if (!*alive) return false;
  }
  return true;
}

/// An error that is pending on the socket only costs this turn: asking takes it away, the queue has
/// told it already, and the reactor calls again for what still waits.
bool UdpPort::deliver_datagrams() {
  const auto alive = lifeline_.alive();
  ReceiveBatch& batch = engine_.batch();
  const std::size_t count = batch.fill(socket_);
  for (std::size_t i = 0; i < count; ++i) {
    const Endpoint source = batch.source(i);
    engine_.datagram_tap().received(source, local_, batch.payload(i), engine_.now());
    handler_.on_datagram(source, batch.payload(i));
    if (!*alive) return false;
  }
  return true;
}

void UdpPort::deliver_failures() {
  const auto alive = lifeline_.alive();
  for (std::size_t count = failures_.size(); count > 0; --count) {
    const Failure failure = failures_.front();
    failures_.pop_front();
    handler_.on_unreachable(failure.destination, failure.reason);
    if (!*alive) return;
  }
  if (!failures_.empty()) {
    report_failures_ = engine_.call_at(engine_.now(), [this] { deliver_failures(); });
  }
}

/// The error, or 0.
int UdpPort::try_send(const Endpoint& destination, std::string_view payload) {
  const SocketAddress address(destination);
  const auto once = [&] {
    const ssize_t sent = ::sendto(socket_.number(), payload.data(), payload.size(), MSG_DONTWAIT,
                                  address.generic(), address.length);
    return sent < 0 ? errno : 0;
  };
  // ICMP about an earlier datagram fails a later call; that takes it away, and the error queue
  // tells whom it was about. What keeps failing is about this datagram.
  int error = once();
  for (int again = 0; again < 2 && error != 0 && error != EAGAIN; ++again) error = once();
  if (error == 0) {
    engine_.datagram_tap().sent(local_, destination, payload);
    return 0;
  }
  const std::optional<Unreachable> reason = unreachable_from_errno(error);
  if (reason && failures_.size() < max_failures) {
    if (failures_.empty()) {
      report_failures_ = engine_.call_at(engine_.now(), [this] { deliver_failures(); });
    }
    failures_.push_back({destination, *reason});
  }
  return error;
}

void UdpPort::queue(const Endpoint& destination, std::string_view payload) {
  if (unsent_.size() < max_unsent_datagrams) unsent_.emplace_back(destination, payload);
}

void UdpPort::flush() {
  while (!unsent_.empty()) {
    const auto& [destination, payload] = unsent_.front();
    const int error = try_send(destination, payload);
    if (error == EAGAIN || error == ENOBUFS) {
      watch_->when_writable([this] { flush(); });
      return;
    }
    unsent_.pop_front();
  }
}

}  // namespace sipharness::host
