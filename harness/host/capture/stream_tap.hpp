#pragma once
// What a world's own TCP streams did, as frames (`--capture tap`): handshake, data, FIN and RST
// with sequence numbers that fit together. Copies that the kernel sends again are not seen.
//  1. Whatever passes between two of our own streams is one frame, made where it is sent.
//  2. A connection that was open before the tap was set is left out.
// @source RFC 9293 §3.5 (handshake), §3.6 (closing)

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "harness/base/endpoint.hpp"
#include "harness/host/capture/frame_emitter.hpp"
#include "harness/packet/tcp_flags.hpp"

namespace sipharness::host {

class StreamTap {
 public:
  explicit StreamTap(FrameEmitter& out) : out_(out) {}

  void connecting(const Endpoint& local, const Endpoint& remote);
  void connected(const Endpoint& local, const Endpoint& remote);
  void accepted(const Endpoint& local, const Endpoint& remote);
  void sent(const Endpoint& local, const Endpoint& remote, std::string_view bytes);
  void received(const Endpoint& local, const Endpoint& remote, std::string_view bytes);
  void closed_here(const Endpoint& local, const Endpoint& remote);
  void closed_there(const Endpoint& local, const Endpoint& remote);
  void reset_here(const Endpoint& local, const Endpoint& remote);
  void reset_there(const Endpoint& local, const Endpoint& remote);

 private:
  struct Side {
    std::uint32_t next = 0;          ///< sequence number of the next byte
    std::uint32_t acknowledged = 0;  ///< of the other side's bytes
    bool is_ours = false;
    bool is_closed = false;
  };
  /// Initiator and responder.
  using Name = std::pair<Endpoint, Endpoint>;
  struct Connection {
    Side initiator;
    Side responder;
    bool is_open = false;
  };
  using Connections = std::map<Name, Connection>;
  /// One direction of a connection.
  struct Direction {
    Connections::iterator connection;
    const Endpoint* source;
    const Endpoint* destination;
    Side* from;
    Side* to;
  };

  Connection& begin(const Endpoint& initiator, const Endpoint& responder);
  void open(const Endpoint& initiator, const Endpoint& responder);
  static Direction reversed(const Direction& direction);
  bool find(const Endpoint& source, const Endpoint& destination, Direction& found);
  void emit(const Direction& direction, packet::TcpFlags flags, std::string_view bytes = {});
  void acknowledge(const Direction& direction);
  void emit_bytes(const Direction& direction, std::string_view bytes);
  void emit_fin(const Direction& direction);

  FrameEmitter& out_;
  Connections connections_;
  std::uint32_t begun_ = 0;
};

}  // namespace sipharness::host
