#pragma once
// A connection to a device's control port or socket: no part of what is tested, so never in a
// capture.
//  1. It tries to connect until it succeeds or is destroyed: the device may still be starting.
//  2. Handlers are called from the world's loop only; on_end is the last call, and it
//     alone may destroy the socket.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sipharness::host {

class RealWorld;

class ControlSocket {
 public:
  struct Handlers {
    std::function<void()> on_open;
    std::function<void(std::string_view bytes)> on_bytes;
    std::function<void()> on_end;
  };
  /// `address` is "127.0.0.1:4444" or the path of a UNIX socket. Throws SetupError if it is
  /// neither.
  ControlSocket(RealWorld& world, const std::string& address, Handlers handlers);
  ~ControlSocket();

  /// Before on_open and after on_end nothing is sent.
  void send(std::string_view bytes);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::host
