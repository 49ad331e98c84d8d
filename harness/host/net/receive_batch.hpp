#pragma once
// Room for the datagrams of one recvmmsg call; all ports of a world share it, one at a time.

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <sys/socket.h>

#include "harness/base/endpoint.hpp"
#include "harness/host/net/socket.hpp"

namespace sipharness::host {

class ReceiveBatch {
 public:
  static constexpr std::size_t capacity = 32;

  ReceiveBatch();
  /// Takes what is waiting, without blocking; how many datagrams came.
  std::size_t fill(const Descriptor& socket);
  Endpoint source(std::size_t index) const;
  std::string_view payload(std::size_t index) const;

 private:
  static constexpr std::size_t largest_datagram = 65536;

  std::unique_ptr<char[]> bytes_;
  std::array<iovec, capacity> vectors_{};
  std::array<sockaddr_storage, capacity> sources_{};
  std::array<mmsghdr, capacity> messages_{};
};

}  // namespace sipharness::host
