#include "harness/capture/hep_clock.hpp"

#include "harness/packet/decode.hpp"
#include "harness/packet/hep.hpp"

namespace sipharness::capture {
namespace {

/// policy: an agent's message reaches its collector by then, or its clock is off.
constexpr Duration longest_way = 10s;

}  // namespace

void HepClock::on_frame(const packet::FrameView& frame) {
  packet::FrameView timed = frame;
  const auto packet = packet::decode_frame(frame.link, frame.bytes);
  if (packet && packet->protocol == packet::protocol::udp && !packet->is_fragment()) {
    const auto udp = packet::decode_udp(packet->payload);
    const auto hep = udp ? packet::decode_hep(udp->payload) : std::nullopt;
    if (hep && hep->at) {
      const Duration off = frame.at - *hep->at;
      const bool is_right = off < longest_way && off > -longest_way;
      const auto agent =
          behind_.try_emplace(Endpoint{packet->source, 0}, is_right ? Duration::zero() : off);
      timed.at = *hep->at + agent.first->second;
    }
  }
  next_.on_frame(timed);
}

}  // namespace sipharness::capture
