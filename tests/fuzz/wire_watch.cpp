#include "tests/fuzz/wire_watch.hpp"

#include <fmt/format.h>

#include "harness/packet/decode.hpp"
#include "harness/sip/message.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sipharness::fuzz {
std::string_view problem_of_sent(std::string_view message) {
  const sip::MessageView view = sip::MessageView::parse(message);
  // A 400 says as much of an unreadable request as could be read.
  if (!(view.status() == 400 ? view.is_sip() : view.is_usable()))
    return "what is sent is a usable message";
  if (view.content_length() != view.body().size()) return "what is sent is as long as it says";
  return {};
}

void WireWatch::on_frame(const packet::FrameView& frame) {
  const auto packet = packet::decode_frame(frame.link, frame.bytes);
  if (!packet || packet->protocol != packet::protocol::udp) return;
  const auto udp = packet::decode_udp(packet->payload);
  expect(udp.has_value(), "a datagram of the simulated world can be decoded");
  if (Endpoint{packet->source, udp->source_port} != watched_) return;
  if (sip::is_keep_alive(udp->payload)) return;
  const std::string_view problem = problem_of_sent(udp->payload);
  if (!problem.empty()) fmt::print(stderr, "sent:\n{}\n", udp->payload);
  expect(problem.empty(), problem);
}

}  // namespace sipharness::fuzz
