#include "harness/host/net/error_queue.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

namespace sipharness::host {
namespace {

std::optional<Unreachable> reason_v4(std::uint8_t type, std::uint8_t code) {
  if (type != ICMP_DEST_UNREACH) return std::nullopt;
  switch (code) {
    case ICMP_PORT_UNREACH:
      return Unreachable::port;
    case ICMP_NET_UNREACH:
    case ICMP_NET_UNKNOWN:
    case ICMP_NET_UNR_TOS:
      return Unreachable::network;
    case ICMP_NET_ANO:
    case ICMP_HOST_ANO:
    case ICMP_PKT_FILTERED:
      return Unreachable::administratively;
    case ICMP_FRAG_NEEDED:  // path MTU: the kernel sends smaller next time
      return std::nullopt;
    default:
      return Unreachable::host;
  }
}

std::optional<Unreachable> reason_v6(std::uint8_t type, std::uint8_t code) {
  if (type != ICMP6_DST_UNREACH) return std::nullopt;
  switch (code) {
    case ICMP6_DST_UNREACH_NOPORT:
      return Unreachable::port;
    case ICMP6_DST_UNREACH_NOROUTE:
      return Unreachable::network;
    case ICMP6_DST_UNREACH_ADDR:
    case ICMP6_DST_UNREACH_BEYONDSCOPE:
      return Unreachable::host;
    default:
      return Unreachable::administratively;
  }
}

bool is_error_message(const cmsghdr& header) {
  return (header.cmsg_level == IPPROTO_IP && header.cmsg_type == IP_RECVERR) ||
         (header.cmsg_level == IPPROTO_IPV6 && header.cmsg_type == IPV6_RECVERR);
}

/// The kernel puts the offender's address right behind the error (SO_EE_OFFENDER).
std::optional<IpAddress> offender_behind(const cmsghdr& header) {
  const std::size_t held = header.cmsg_len - CMSG_LEN(0);
  const std::size_t length = held - std::min(held, sizeof(sock_extended_err));
  sockaddr_storage storage{};
  std::memcpy(&storage, CMSG_DATA(&header) + sizeof(sock_extended_err),
              std::min(length, sizeof(storage)));
  if (storage.ss_family == AF_UNSPEC) return std::nullopt;
  return to_endpoint(storage).address;
}

void read_error(const cmsghdr& header, QueuedError& queued) {
  sock_extended_err error{};
  std::memcpy(&error, CMSG_DATA(&header), sizeof(error));
  if (error.ee_origin == SO_EE_ORIGIN_ICMP) {
    queued.reason = reason_v4(error.ee_type, error.ee_code);
  } else if (error.ee_origin == SO_EE_ORIGIN_ICMP6) {
    queued.reason = reason_v6(error.ee_type, error.ee_code);
  }
  queued.reporter = offender_behind(header);
}

}  // namespace

void enable_error_queue(const Descriptor& socket, const IpAddress& local) {
  if (local.is_v4()) {
    set_option(socket, IPPROTO_IP, IP_RECVERR, 1);
  } else {
    set_option(socket, IPPROTO_IPV6, IPV6_RECVERR, 1);
  }
}

std::optional<QueuedError> next_error(const Descriptor& socket) {
  std::array<char, 2048> payload;
  alignas(cmsghdr) std::array<char, 512> control;
  SocketAddress destination;
  iovec vector{payload.data(), payload.size()};
  msghdr message{};
  message.msg_name = &destination.storage;
  message.msg_namelen = destination.length;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t length = ::recvmsg(socket.number(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
  if (length < 0) return std::nullopt;

  QueuedError queued;
  queued.destination = to_endpoint(destination.storage);
  queued.payload.assign(payload.data(), static_cast<std::size_t>(length));
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (is_error_message(*header)) read_error(*header, queued);
  }
  return queued;
}

}  // namespace sipharness::host
