#pragma once
// A UDP port of the real world.
//  1. Datagrams come in batches, and what is sent while a batch is handled leaves at its end
//     (SendBatch). Sends never wait: what the kernel cannot take at once is queued, up to a limit,
//     and what exceeds it is lost, as on a wire (the capture shows it).
//  2. ICMP errors come from the error queue with the destination they are about. A destination the
//     kernel has no route to is told the same way, after send() has returned.
//  3. The receive buffer is 4 MiB where the host allows it: a registrar loses bursts otherwise.

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "harness/host/net/engine.hpp"
#include "harness/host/net/lifeline.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class UdpPort final : public world::DatagramPort, private SendBatch::Sender {
 public:
  static constexpr int receive_buffer = 4 * 1024 * 1024;
  /// By privilege if there is one, else as far as the host's limit goes.
  static void ask_for_receive_buffer(const Descriptor& socket);

  /// Throws SetupError if `local` cannot be bound.
  UdpPort(Engine& engine, const Endpoint& local, world::DatagramHandler& handler);
  ~UdpPort() override;

  const Endpoint& local() const override { return local_; }
  void send(const Endpoint& destination, std::string_view payload) override;

 private:
  struct Failure {
    Endpoint destination;
    Unreachable reason;
  };

  void on_readable();
  bool deliver_errors();
  void deliver_datagrams(std::size_t count);
  void deliver_failures();
  void send_now(const Endpoint& destination, std::string_view payload);
  void send_all(const SendBatch::Datagram* datagrams, mmsghdr* messages,
                std::size_t count) override;
  int try_send(const Endpoint& destination, std::string_view payload);
  std::size_t try_send_all(mmsghdr* messages, std::size_t count);
  void queue(const Endpoint& destination, std::string_view payload);
  void flush();

  Engine& engine_;
  world::DatagramHandler& handler_;
  Descriptor socket_;
  Endpoint local_;
  std::unique_ptr<Reactor::Watch> watch_;
  bool has_met_error_ = false;  ///< a send failed, maybe by an error about an earlier datagram
  std::deque<std::pair<Endpoint, std::string>> unsent_;
  std::deque<Failure> failures_;
  world::Timer report_failures_;
  Lifeline lifeline_;
};

}  // namespace sipharness::host
