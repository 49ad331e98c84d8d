#pragma once
// Plain sockets as values: a descriptor that closes itself, endpoints to and from sockaddr, and
// bound, nonblocking sockets with a remedy in the error when the kernel says no.

#include <optional>
#include <sys/socket.h>
#include <utility>

#include "harness/base/endpoint.hpp"
#include "harness/base/setup_error.hpp"
#include "harness/base/unreachable.hpp"

namespace sipharness::host {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// An endpoint as the kernel takes it.
struct SocketAddress {
  SocketAddress() = default;
  explicit SocketAddress(const Endpoint& endpoint);
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage); }

  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
};

Endpoint to_endpoint(const sockaddr_storage& storage);

/// This process or this host has no descriptor left.
class OutOfDescriptors final : public SetupError {
 public:
  using SetupError::SetupError;
};

/// A nonblocking socket bound to `local` (port 0: any). TCP sockets reuse an address that only old
/// connections hold; UDP ones never share. Throws SetupError with the remedy.
Descriptor open_bound(Transport transport, const Endpoint& local);

Endpoint local_endpoint(const Descriptor& socket);
Endpoint remote_endpoint(const Descriptor& socket);

/// False if the kernel refuses.
bool set_option(const Descriptor& socket, int level, int name, int value);

/// While on, the kernel drops every packet for this socket before it reacts to it: SYNs to a
/// listener are not answered, data on a connection is not acknowledged. Needs no privilege.
void drop_what_comes(const Descriptor& socket, bool on);

/// From now on close() sends RST.
void reset_on_close(const Descriptor& socket);

/// The errno values by which the kernel tells that it has no way to a destination, or was told so
/// by ICMP; nothing for every other.
std::optional<Unreachable> unreachable_from_errno(int error);

}  // namespace sipharness::host
