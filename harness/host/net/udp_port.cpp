#include "harness/host/net/udp_port.hpp"

#include <cerrno>
#include <optional>

#include "harness/host/net/error_queue.hpp"

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
  engine_.send_batch().flush();
  engine_.datagram_tap().closed(local_, engine_.now());
}

void UdpPort::send(const Endpoint& destination, std::string_view payload) {
  SendBatch& batch = engine_.send_batch();
  if (batch.is_open()) return batch.add(*this, destination, payload);
  send_now(destination, payload);
}

void UdpPort::send_now(const Endpoint& destination, std::string_view payload) {
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

void UdpPort::send_all(const SendBatch::Datagram* datagrams, mmsghdr* messages, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const std::size_t sent = try_send_all(messages + done, count - done);
    for (const std::size_t end = done + sent; done < end; ++done)
      engine_.datagram_tap().sent(local_, datagrams[done].destination, datagrams[done].payload);
    if (done == count) return;
    // The kernel stopped at this one and does not say why.
    send_now(datagrams[done].destination, datagrams[done].payload);
    ++done;
  }
}

/// How many were sent, from the front.
std::size_t UdpPort::try_send_all(mmsghdr* messages, std::size_t count) {
  if (!unsent_.empty()) return 0;
  const int sent =
      ::sendmmsg(socket_.number(), messages, static_cast<unsigned>(count), MSG_DONTWAIT);
  const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  if (taken < count) has_met_error_ = true;
  return taken;
}

/// An error that is pending on the socket fails the next call, whichever it is, and the error queue
/// tells what it was about. So the queue is looked at where a send failed, or where there is
/// nothing to receive although the reactor called; it calls again for what still waits.
void UdpPort::on_readable() {
  if (std::exchange(has_met_error_, false) && !deliver_errors()) return;
  const std::size_t count = engine_.receive_batch().fill(socket_);
  if (count > 0) {
    deliver_datagrams(count);
  } else {
    deliver_errors();
  }
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

void UdpPort::deliver_datagrams(std::size_t count) {
  const auto alive = lifeline_.alive();
  const ReceiveBatch& batch = engine_.receive_batch();
  std::optional<SendBatch::Open> together;
  // A single answer need not wait, and frames of a tap show when their datagrams were sent.
  if (count > 1 && !engine_.frames().is_on()) together.emplace(engine_.send_batch());
  for (std::size_t i = 0; i < count && *alive; ++i) {
    const Endpoint source = batch.source(i);
    if (engine_.frames().is_on())
      engine_.datagram_tap().received(source, local_, batch.payload(i), engine_.now());
    handler_.on_datagram(source, batch.payload(i));
  }
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
  if (error != 0) has_met_error_ = true;
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
