#include "harness/stage/live/unrecorded.hpp"

#include <algorithm>

#include "harness/packet/decode.hpp"

namespace sipharness::stage {

bool Unrecorded::is_listed(const Endpoint& endpoint) const {
  return std::ranges::find(endpoints_, endpoint) != endpoints_.end();
}

bool Unrecorded::is_host(const IpAddress& address) const {
  return std::ranges::find(endpoints_, address, &Endpoint::address) != endpoints_.end();
}

bool Unrecorded::is_secret(const packet::FrameView& frame) const {
  const auto ip = packet::decode_frame(frame.link, frame.bytes);
  if (!ip) return false;
  if (const auto error = packet::decode_icmp_error(*ip);
      error && error->transport == Transport::tcp)
    return is_listed(error->original_source) || is_listed(error->original_destination);
  if (ip->protocol != packet::protocol::tcp) return false;
  // Later fragments have no ports.
  if (ip->fragment_offset != 0) return is_host(ip->source) || is_host(ip->destination);
  const auto tcp = packet::decode_tcp(ip->payload);
  if (!tcp) return is_host(ip->source) || is_host(ip->destination);
  return is_listed({ip->source, tcp->source_port}) ||
         is_listed({ip->destination, tcp->destination_port});
}

}  // namespace sipharness::stage
