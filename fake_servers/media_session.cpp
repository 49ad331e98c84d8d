#include "fake_servers/media_session.hpp"

namespace fake_servers {

using sipharness::sip::MediaDirection;

namespace {

constexpr std::uint16_t port_without_media = 40'000;

bool may_send(MediaDirection direction) {
  return direction == MediaDirection::sendrecv || direction == MediaDirection::sendonly;
}

}  // namespace

MediaSession::MediaSession(ServerCore& core) {
  local_.media = Endpoint{core.local.address, port_without_media};
  if (!core.media) return;
  stream_ = std::make_unique<MediaStream>(core.world, core.local.address, core.rng);
  local_.media = stream_->local();
}

void MediaSession::negotiate(std::string_view remote) {
  const auto parsed = sipharness::sip::parse_sdp(remote);
  if (!parsed) return;
  const MediaDirection direction = answer_direction(parsed->direction);
  if (direction != local_.direction) ++local_.version;  // §8: a changed description says so
  local_.direction = direction;
  const bool sends = may_send(direction) && parsed->media.port != 0;
  if (stream_) stream_->aim(sends ? std::optional(parsed->media) : std::nullopt);
}

}  // namespace fake_servers
