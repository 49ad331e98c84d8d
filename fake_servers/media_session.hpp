#pragma once
// The far end's side of a session description: offers, answers hold with its counterpart, and keeps
// the voice aimed at where the peer wants it.
//  1. Without ServerCore::media nothing is sent and the description names a fixed port.
// @source RFC 3264 §5, §6, §8.4

#include <memory>
#include <string>
#include <string_view>

#include "fake_servers/media_stream.hpp"
#include "fake_servers/server_core.hpp"
#include "harness/sip/sdp.hpp"

namespace fake_servers {

class MediaSession {
 public:
  explicit MediaSession(ServerCore& core);

  /// Our offer, or our answer to what negotiate() was given last.
  std::string description() const { return format_sdp(local_); }
  /// Takes the peer's offer or answer; an unreadable one changes nothing.
  void negotiate(std::string_view remote);
  void stop() { stream_.reset(); }

 private:
  sipharness::sip::Sdp local_;
  std::unique_ptr<MediaStream> stream_;
};

}  // namespace fake_servers
