#include "harness/host/net/send_batch.hpp"

#include <utility>

namespace sipharness::host {

SendBatch::SendBatch() : bytes_(std::make_unique_for_overwrite<char[]>(room)) {
  for (std::size_t i = 0; i < capacity; ++i) {
    messages_[i].msg_hdr.msg_name = &addresses_[i].storage;
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

void SendBatch::add(Sender& sender, const Endpoint& destination, std::string_view payload) {
  // What exceeds the room exceeds every datagram: the kernel refuses what is left of it too.
  payload = payload.substr(0, room);
  if (count_ == capacity || used_ + payload.size() > room) flush();
  char* const place = bytes_.get() + used_;
  payload.copy(place, payload.size());
  used_ += payload.size();
  senders_[count_] = &sender;
  datagrams_[count_] = {destination, {place, payload.size()}};
  addresses_[count_] = SocketAddress(destination);
  vectors_[count_] = {place, payload.size()};
  messages_[count_].msg_hdr.msg_namelen = addresses_[count_].length;
  ++count_;
}

void SendBatch::flush() {
  const std::size_t count = std::exchange(count_, 0);
  used_ = 0;
  for (std::size_t first = 0; first < count;) {
    std::size_t end = first + 1;
    while (end < count && senders_[end] == senders_[first]) ++end;
    senders_[first]->send_all(&datagrams_[first], &messages_[first], end - first);
    first = end;
  }
}

}  // namespace sipharness::host
