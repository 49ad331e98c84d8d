#include "fake_servers/media_session.hpp"

namespace fake_servers {

using sipharness::sip::MediaDirection;

namespace {

constexpr std::uint16_t port_without_media = 40'000;

bool may_send(MediaDirection direction) {
  return direction == MediaDirection::sendrecv || direction == MediaDirection::sendonly;
}

}  // namespace

MediaSession::MediaSession(ServerCore& core, const sipharness::IpAddress& peer)
    : core_(core), peer_(peer) {
  local_.media = Endpoint{core.local.address, port_without_media};
}

std::string MediaSession::description() {
  if (core_.media)
    if (const auto port = core_.media_port.open()) local_.media = *port;
  return format_sdp(local_);
}

void MediaSession::negotiate(std::string_view remote) {
  const auto parsed = sipharness::sip::parse_sdp(remote);
  if (!parsed) return;
  const MediaDirection direction = answer_direction(parsed->direction);
  if (direction != local_.direction) ++local_.version;  // §8: a changed description says so
  local_.direction = direction;
  const bool sends =
      core_.media && may_send(direction) && parsed->media.port != 0 &&
      core_.targets.allow(parsed->media.address, peer_, sipharness::journal::diverted_media);
  destination_ = sends ? std::optional(parsed->media) : std::nullopt;
  if (stream_) stream_->aim(destination_);
}

void MediaSession::begin() {
  if (stream_ || !core_.media) return;
  stream_ = std::make_unique<MediaStream>(core_.world, core_.media_port, core_.rng);
  stream_->aim(destination_);
}

void MediaSession::stop() {
  stream_.reset();
}

}  // namespace fake_servers
