#include "harness/host/net/receive_batch.hpp"

namespace sipharness::host {

ReceiveBatch::ReceiveBatch()
    : bytes_(std::make_unique_for_overwrite<char[]>(capacity * largest_datagram)) {
  for (std::size_t i = 0; i < capacity; ++i) {
    vectors_[i] = {bytes_.get() + i * largest_datagram, largest_datagram};
    messages_[i].msg_hdr.msg_name = &sources_[i];
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

std::size_t ReceiveBatch::fill(const Descriptor& socket) {
  for (mmsghdr& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  const int count = ::recvmmsg(socket.number(), messages_.data(), capacity, MSG_DONTWAIT, nullptr);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

Endpoint ReceiveBatch::source(std::size_t index) const {
  return to_endpoint(sources_[index]);
}

std::string_view ReceiveBatch::payload(std::size_t index) const {
  return {static_cast<const char*>(vectors_[index].iov_base), messages_[index].msg_len};
}

}  // namespace sipharness::host
