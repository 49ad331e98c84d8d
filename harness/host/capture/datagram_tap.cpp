#include "harness/host/capture/datagram_tap.hpp"

#include <string>

#include "harness/packet/encode.hpp"

namespace sipharness::host {

void DatagramTap::opened(const Endpoint& local) {
  closed_at_[local] = std::nullopt;
}

void DatagramTap::closed(const Endpoint& local, TimePoint at) {
  closed_at_[local] = at;
}

void DatagramTap::sent(const Endpoint& local, const Endpoint& destination,
                       std::string_view payload) {
  if (!out_.is_on()) return;
  out_.emit(packet::encode(packet::UdpDatagram{.source = local,
                                               .destination = destination,
                                               .ip_id = out_.next_ip_id(),
                                               .payload = payload}));
}

void DatagramTap::received(const Endpoint& source, const Endpoint& local, std::string_view payload,
                           TimePoint at) {
  if (!out_.is_on() || was_sent_by_us(source, at)) return;
  sent(source, local, payload);
}

void DatagramTap::unreachable(const Endpoint& local, const QueuedError& error) {
  if (!out_.is_on() || !error.reason || !error.reporter) return;
  const std::string original = packet::encode(packet::UdpDatagram{
      .source = local, .destination = error.destination, .payload = error.payload});
  out_.emit(packet::encode(packet::IcmpUnreachable{
      .source = *error.reporter,
      .destination = local.address,
      .ip_id = out_.next_ip_id(),
      .reason = *error.reason,
      .original = std::string_view(original).substr(packet::ethernet_header_size)}));
}

bool DatagramTap::was_sent_by_us(const Endpoint& source, TimePoint at) {
  constexpr Duration longest_way = 1s;
  const auto port = closed_at_.find(source);
  if (port == closed_at_.end()) return false;
  if (!port->second || at - *port->second < longest_way) return true;
  closed_at_.erase(port);
  return false;
}

}  // namespace sipharness::host
