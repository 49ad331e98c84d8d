#pragma once
// The SIP transport of one element: a UDP port and a TCP listener on the same endpoint, and the TCP
// connections made and accepted. FakeServer and ReferenceUa own one each and put a TransactionLayer
// on top. Contract:
//  1. A usable message comes through on_message, remarks or not; anything else through
//     on_malformed; bytes that keep a path alive (CRLF, STUN) through on_keep_alive. Bytes and
//     views are valid during the call only.
//  2. The Hop of what arrives is what was on the wire: `local` is the real end of the connection.
//  3. send() looks at transport and remote only. UDP leaves from the port; TCP takes the connection
//     with that remote, or opens one. It returns the hop really used; nothing if it is closed or
//     full.
//  4. on_failure follows an ICMP error (udp) or a connection that was refused, was reset, timed out
//     or could not be routed (tcp), and says which (udp: unreachable). The peer's FIN is no
//     failure: the next send() reconnects.
//  5. A connection whose bytes cannot be framed is told once as malformed and reset.
//  6. close() unbinds UDP, refuses new connections and resets the open ones, with no on_failure;
//     open() undoes it on the same endpoint.
//     swallow_streams() closes the open connections, and attempts vanish; freeze_streams() is a
//     power cut: attempts vanish, open connections are neither read nor ended, until open() comes
//     with a new stack that knows nothing of them. Neither touches UDP.
//  7. Nothing is delivered from inside a call. Handlers may call anything here, but not destroy the
//     transport.
//  8. At most max_connections are kept. One more takes the place of the oldest that has not brought
//     a message yet, which is reset; if there is none, it is reset itself, and none is opened.
// @source RFC 3261 §18; RFC 3581 §4; RFC 5626 §3.5.1

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/sip/message.hpp"
#include "harness/sip/transaction/layer.hpp"
#include "harness/world/world.hpp"

namespace sipharness::sip {

class SipTransport {
 public:
  static constexpr std::size_t max_connections = 1024;

  /// Each may be empty. The wire's bytes of a message are its view's bytes().
  struct Handlers {
    std::function<void(const MessageView&, const Hop&)> on_message{};
    std::function<void(std::string_view, const Hop&)> on_malformed{};
    std::function<void(std::string_view, const Hop&)> on_keep_alive{};
    std::function<void(const Hop&, world::StreamEnd)> on_failure{};
    std::function<void(const Hop&)> on_closed{};  ///< by the peer's FIN
  };

  /// Open from the start. Port 0 picks one that is free for both UDP and TCP. Throws SetupError if
  /// the address is not ours or the port is taken.
  SipTransport(world::World& world, const Endpoint& local, Handlers handlers);
  ~SipTransport();
  SipTransport(const SipTransport&) = delete;
  SipTransport& operator=(const SipTransport&) = delete;

  const Endpoint& local() const;
  std::optional<Hop> send(const Hop& hop, std::string_view bytes);

  bool is_open() const;
  void close();
  void open();  ///< throws SetupError if somebody took the port meanwhile
  void swallow_streams();
  void freeze_streams();
  /// Gives a connection up, with FIN (closed) or RST (reset); the next send() opens another.
  void end_stream(const Endpoint& remote, world::StreamEnd how = world::StreamEnd::reset);
  void end_streams(world::StreamEnd how);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Where the response to `request`, which came by `arrived`, goes: back on a stream; on UDP to the
/// source address and, with rport, the source port, without it the port of sent-by.
/// @source RFC 3261 §18.2.2, RFC 3581 §4
Hop response_hop(const MessageView& request, const Hop& arrived);

}  // namespace sipharness::sip
