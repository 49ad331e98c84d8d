#include "harness/stage/live/message_watch.hpp"

#include "harness/sip/message.hpp"

namespace sipharness::stage {
namespace {

/// policy: streams read at once; a run needs a handful.
constexpr std::size_t most_streams = 4096;

}  // namespace

void MessageWatch::on_datagram(const capture::Origin& origin, std::string_view payload) {
  if (!sip::is_keep_alive(payload)) on_message(origin, payload);
}

void MessageWatch::on_stream_bytes(const capture::Origin& origin, std::string_view bytes) {
  if (streams_.size() > most_streams) return;
  sip::StreamFramer& framer = streams_[{origin.source, origin.destination}];
  framer.push(bytes);
  while (const auto piece = framer.next())
    if (piece->kind == sip::StreamPiece::Kind::message) on_message(origin, piece->bytes);
}

}  // namespace sipharness::stage
