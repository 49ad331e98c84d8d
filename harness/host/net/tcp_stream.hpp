#pragma once
// A TCP connection of the real world, made by connect() or by accept().
//  1. A connection that fails at once (no route, no descriptor left) ends through the handler
//     later, never from inside the constructor; only a local address that cannot be bound throws.
//  2. After on_end the handler is not called again.
//  3. Destroying it closes in order: what arrived unread is taken first, since closing over unread
//     bytes would send RST instead of FIN. Bytes the kernel had not yet taken are lost.
//  4. vanish() forgets the connection as RFC 9293 §3.5.1 (half-open) has it: silence, and RST for
//     what the peer still sends. Without CAP_NET_ADMIN an ACK precedes that RST.
//  5. More unsent bytes than the limit end the stream as timed_out: nobody reads at the other end.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/host/net/engine.hpp"
#include "harness/host/net/lifeline.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class TcpStream final : public world::Stream {
 public:
  static std::unique_ptr<TcpStream> connect(Engine& engine, const Endpoint& local,
                                            const Endpoint& remote, world::StreamHandler& handler);
  /// An accepted connection; deaf until serve() names its handler.
  TcpStream(Engine& engine, Descriptor socket, const Endpoint& remote);
  ~TcpStream() override;
  void serve(world::StreamHandler& handler);
  std::shared_ptr<const bool> alive() const { return lifeline_.alive(); }

  Endpoint local() const override { return local_; }
  Endpoint remote() const override { return remote_; }
  void send(std::string_view bytes) override;
  void abort() override;
  void vanish() override;
  void freeze() override;

 private:
  enum class State : std::uint8_t { connecting, open, over };

  void start_connecting(world::StreamHandler& handler);
  void on_ready();
  void finish_connecting();
  void receive();
  void flush();
  void tell_end(world::StreamEnd end);
  void end_later(world::StreamEnd end);
  void fall_silent();
  void discard_unread();

  Engine& engine_;
  world::StreamHandler* handler_ = nullptr;
  Descriptor socket_;
  Endpoint local_;
  Endpoint remote_;
  State state_ = State::open;
  std::string unsent_;
  std::optional<world::StreamEnd> send_failure_;
  std::unique_ptr<Reactor::Watch> watch_;
  world::Timer late_end_;
  Lifeline lifeline_;
};

}  // namespace sipharness::host
