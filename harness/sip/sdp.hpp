#pragma once
// Just enough SDP for one audio stream: offer, answer, hold. @source RFC 4566, RFC 3264

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"

namespace sipharness::sip {

enum class MediaDirection : std::uint8_t { sendrecv, sendonly, recvonly, inactive };

/// "sendrecv": the attribute.
std::string_view to_string(MediaDirection direction);

struct Sdp {
  Endpoint media;  ///< connection address and port of the first audio stream; port 0 = refused
  MediaDirection direction = MediaDirection::sendrecv;
  std::uint64_t session_id = 1;
  std::uint64_t version = 1;
};

std::string format_sdp(const Sdp& sdp);
std::optional<Sdp> parse_sdp(std::string_view text);
/// The direction that answers an offer: sendonly ↔ recvonly, the rest as it is.
MediaDirection answer_direction(MediaDirection offered);

}  // namespace sipharness::sip
