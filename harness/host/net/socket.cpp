#include "harness/host/net/socket.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include "harness/host/machine/port_holder.hpp"

namespace sipharness::host {
namespace {

std::string remedy_for(int error, Transport transport, const Endpoint& local) {
  switch (error) {
    case EADDRINUSE:
      return fmt::format("stop {} or choose other ports",
                         holder_of(transport, local).value_or("the program that holds it"));
    case EADDRNOTAVAIL:
      return "no interface of this host has that address; choose one with --bind or add it";
    case EACCES:
      return "ports below 1024 need privileges; choose a higher port";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise the limit (ulimit -n)";
    case EAFNOSUPPORT:
      return "this host has no such address family; use the other IP version";
    default:
      return "check the address and this host's network";
  }
}

[[noreturn]] void cannot_bind(Transport transport, const Endpoint& local, int error) {
  const std::string text = fmt::format("cannot bind {} ({}): {}; {}", local.text(),
                                       transport == Transport::udp ? "UDP" : "TCP",
                                       std::strerror(error), remedy_for(error, transport, local));
  if (error == EMFILE || error == ENFILE) throw OutOfDescriptors(text);
  throw SetupError(text);
}

}  // namespace

Descriptor::~Descriptor() {
  if (is_open()) ::close(number_);
}

SocketAddress::SocketAddress(const Endpoint& endpoint) {
  const auto& bytes = endpoint.address.bytes();
  if (endpoint.address.is_v4()) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(endpoint.port);
    std::memcpy(&four.sin_addr, bytes.data(), sizeof(four.sin_addr));
    std::memcpy(&storage, &four, sizeof(four));
    length = sizeof(four);
  } else {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(endpoint.port);
    std::memcpy(&six.sin6_addr, bytes.data(), sizeof(six.sin6_addr));
    std::memcpy(&storage, &six, sizeof(six));
    length = sizeof(six);
  }
}

Endpoint to_endpoint(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &storage, sizeof(four));
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
    return {IpAddress::v4(bytes), ntohs(four.sin_port)};
  }
  if (storage.ss_family != AF_INET6) return {};
  sockaddr_in6 six{};
  std::memcpy(&six, &storage, sizeof(six));
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
  return {IpAddress::v6(bytes), ntohs(six.sin6_port)};
}

Descriptor open_bound(Transport transport, const Endpoint& local) {
  const int family = local.address.is_v4() ? AF_INET : AF_INET6;
  const int type = transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM;
  Descriptor socket(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) cannot_bind(transport, local, errno);
  if (family == AF_INET6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (transport == Transport::tcp) set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  const SocketAddress address(local);
  if (::bind(socket.number(), address.generic(), address.length) != 0) {
    cannot_bind(transport, local, errno);
  }
  return socket;
}

Endpoint local_endpoint(const Descriptor& socket) {
  SocketAddress address;
  if (::getsockname(socket.number(), address.generic(), &address.length) != 0) return {};
  return to_endpoint(address.storage);
}

Endpoint remote_endpoint(const Descriptor& socket) {
  SocketAddress address;
  if (::getpeername(socket.number(), address.generic(), &address.length) != 0) return {};
  return to_endpoint(address.storage);
}

bool set_option(const Descriptor& socket, int level, int name, int value) {
  return ::setsockopt(socket.number(), level, name, &value, sizeof(value)) == 0;
}

void drop_what_comes(const Descriptor& socket, bool on) {
  if (!on) {
    set_option(socket, SOL_SOCKET, SO_DETACH_FILTER, 0);
    return;
  }
  sock_filter drop_all{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
  const sock_fprog program{.len = 1, .filter = &drop_all};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

void reset_on_close(const Descriptor& socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

std::optional<Unreachable> unreachable_from_errno(int error) {
  switch (error) {
    case ECONNREFUSED:
      return Unreachable::port;
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return Unreachable::host;
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:  // the socket's own address has gone from this host
      return Unreachable::network;
    case EACCES:
    case EPERM:
      return Unreachable::administratively;
    default:
      return std::nullopt;
  }
}

}  // namespace sipharness::host
