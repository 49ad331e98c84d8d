#pragma once
// Datagrams held back while the datagrams of one receive batch are handled, so that they go to the
// kernel together (sendmmsg). All ports of a world share it. Contract:
//  1. They leave in the order in which they were sent, whatever their ports.
//  2. While it is open, ports add their datagrams here; at any other time they send them at once.
//  3. A port calls flush() before it closes; a stream before it does anything with its connection,
//     so that the wire keeps the order of the two.

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <sys/socket.h>

#include "harness/base/endpoint.hpp"
#include "harness/host/net/socket.hpp"

namespace sipharness::host {

class SendBatch {
 public:
  static constexpr std::size_t capacity = 32;

  struct Datagram {
    Endpoint destination;
    std::string_view payload;
  };

  class Sender {
   public:
    virtual ~Sender() = default;
    /// Sends `count` datagrams, each also there as the kernel takes it; calls no handler.
    virtual void send_all(const Datagram* datagrams, mmsghdr* messages, std::size_t count) = 0;
  };

  /// Keeps the batch open while it lives.
  class Open {
   public:
    explicit Open(SendBatch& batch) : batch_(batch) { batch_.is_open_ = true; }
    ~Open() {
      batch_.is_open_ = false;
      batch_.flush();
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

   private:
    SendBatch& batch_;
  };

  SendBatch();
  bool is_open() const { return is_open_; }
  void add(Sender& sender, const Endpoint& destination, std::string_view payload);
  void flush();

 private:
  /// Of the payloads; the largest datagram fits.
  static constexpr std::size_t room = 65536;

  bool is_open_ = false;
  std::size_t count_ = 0;
  std::size_t used_ = 0;
  std::unique_ptr<char[]> bytes_;
  std::array<Sender*, capacity> senders_{};
  std::array<Datagram, capacity> datagrams_{};
  std::array<SocketAddress, capacity> addresses_{};
  std::array<iovec, capacity> vectors_{};
  std::array<mmsghdr, capacity> messages_{};
};

}  // namespace sipharness::host
