#pragma once
// The far end's side of a session description: offers, answers hold with its counterpart, and keeps
// the voice aimed at where the peer wants it.
//  1. Without ServerCore::media nothing is sent and the description names a fixed port.
//  2. The port is opened for the first description; the voice begins with begin(), once the call
//     is acknowledged, and goes to allowed targets only (allowed_targets.hpp).
// @source RFC 3264 §5, §6, §8.4

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fake_servers/media_stream.hpp"
#include "fake_servers/server_core.hpp"
#include "harness/sip/sdp.hpp"

namespace fake_servers {

class MediaSession {
 public:
  /// `peer` is where its signalling comes from.
  MediaSession(ServerCore& core, const sipharness::IpAddress& peer);

  /// Our offer, or our answer to what negotiate() was given last.
  std::string description();
  /// Takes the peer's offer or answer; an unreadable one changes nothing.
  void negotiate(std::string_view remote);
  void begin();
  void stop();

 private:
  ServerCore& core_;
  sipharness::IpAddress peer_;
  sipharness::sip::Sdp local_;
  std::optional<Endpoint> destination_;  ///< nothing: do not send
  std::unique_ptr<MediaStream> stream_;
};

}  // namespace fake_servers
