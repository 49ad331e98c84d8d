#include "tests/fuzz/wire_watch.hpp"

#include <fmt/format.h>

#include "harness/packet/decode.hpp"
#include "harness/sip/header_range.hpp"
#include "harness/sip/line_text.hpp"
#include "harness/sip/message.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sipharness::fuzz {
namespace {

/// Every line ends with CR LF, none is folded, and a NUL stands only in a quoted-pair.
bool has_clean_lines(std::string_view head) {
  for (std::size_t at = 0; at < head.size(); ++at) {
    if (head[at] == '\r' && head.substr(at, 2) != "\r\n") return false;
    if (head[at] != '\n') continue;
    if (at == 0 || head[at - 1] != '\r' || sip::is_continued(head, at + 1)) return false;
  }
  return sip::find_stray_nul(head) == std::string_view::npos;
}

}  // namespace

std::string_view problem_of_sent(std::string_view message) {
  const sip::MessageView view = sip::MessageView::parse(message);
  // A 400 says as much of an unreadable request as could be read.
  if (!(view.status() == 400 ? view.is_sip() : view.is_usable()))
    return "what is sent is a usable message";
  if (view.content_length() != view.body().size()) return "what is sent is as long as it says";
  if (!sip::is_one_word(view.request_uri())) return "a Request-URI that is sent is one word";
  if (!has_clean_lines(message.substr(0, message.size() - view.body().size())))
    return "no CR, LF or NUL of a peer is sent";
  return {};
}

void WireWatch::on_frame(const packet::FrameView& frame) {
  const auto packet = packet::decode_frame(frame.link, frame.bytes);
  if (!packet || packet->protocol != packet::protocol::udp) return;
  const auto udp = packet::decode_udp(packet->payload);
  expect(udp.has_value(), "a datagram of the simulated world can be decoded");
  if (Endpoint{packet->source, udp->source_port} != watched_) return;
  expect(peers_.empty() || peers_.contains(packet->destination), "datagrams go to where peers are");
  if (sip::is_keep_alive(udp->payload)) return;
  const std::string_view problem = problem_of_sent(udp->payload);
  if (!problem.empty()) fmt::print(stderr, "sent:\n{}\n", udp->payload);
  expect(problem.empty(), problem);
}

}  // namespace sipharness::fuzz
