#include "harness/sip/sdp.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr std::array<std::string_view, 4> direction_names = {"sendrecv", "sendonly", "recvonly",
                                                             "inactive"};

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim_right(line);
}

std::string_view take_word(std::string_view& rest) {
  rest = trim_left(rest);
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

/// Reads line by line; what stands before the first m= holds for the session, what follows an audio
/// stream for it alone, until the next stream begins.
class Reader {
 public:
  std::optional<Sdp> read(std::string_view text) {
    while (!text.empty() && !behind_audio_) {
      const std::string_view line = take_line(text);
      if (line.size() < 2 || line[1] != '=') return std::nullopt;
      if (!read_line(line.front(), line.substr(2))) return std::nullopt;
    }
    if (!has_version_ || !in_audio_ || !has_address_) return std::nullopt;
    return sdp_;
  }

 private:
  bool read_line(char type, std::string_view value) {
    switch (type) {
      case 'v':
        has_version_ = value == "0";
        return has_version_;
      case 'o':
        return read_origin(value);
      case 'm':
        return read_media(value);
      case 'c':
        return skips() || read_connection(value);
      case 'a':
        if (!skips()) read_attribute(value);
        return true;
      default:
        return true;
    }
  }

  /// Within a stream that is not audio.
  bool skips() const { return in_media_ && !in_audio_; }

  bool read_origin(std::string_view value) {
    take_word(value);
    const auto id = parse_unsigned<std::uint64_t>(take_word(value));
    const auto version = parse_unsigned<std::uint64_t>(take_word(value));
    sdp_.session_id = id.value_or(0);
    sdp_.version = version.value_or(0);
    return id && version;
  }

  bool read_media(std::string_view value) {
    if (in_audio_) {
      behind_audio_ = true;
      return true;
    }
    in_media_ = true;
    in_audio_ = take_word(value) == "audio";
    if (!in_audio_) return true;
    const std::string_view ports = take_word(value);
    const auto port = parse_unsigned<std::uint16_t>(ports.substr(0, ports.find('/')));
    sdp_.media.port = port.value_or(0);
    return port.has_value();
  }

  bool read_connection(std::string_view value) {
    if (take_word(value) != "IN") return false;
    take_word(value);
    const std::string_view text = take_word(value);
    const auto address = IpAddress::parse(text.substr(0, text.find('/')));
    if (!address) return false;
    sdp_.media.address = *address;
    has_address_ = true;
    return true;
  }

  void read_attribute(std::string_view value) {
    const auto found = std::ranges::find(direction_names, value);
    if (found == direction_names.end()) return;
    sdp_.direction = static_cast<MediaDirection>(found - direction_names.begin());
  }

  Sdp sdp_;
  bool has_version_ = false;
  bool has_address_ = false;
  bool in_media_ = false;
  bool in_audio_ = false;
  bool behind_audio_ = false;
};

}  // namespace

std::string_view to_string(MediaDirection direction) {
  return direction_names[static_cast<std::size_t>(direction)];
}

std::string format_sdp(const Sdp& sdp) {
  const std::string address =
      fmt::format("IN {} {}", sdp.media.address.is_v4() ? "IP4" : "IP6", sdp.media.address.text());
  return fmt::format(
      "v=0\r\no=- {} {} {}\r\ns=-\r\nc={}\r\nt=0 0\r\nm=audio {} RTP/AVP 0 8 101\r\n"
      "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
      "a=fmtp:101 0-15\r\na={}\r\n",
      sdp.session_id, sdp.version, address, address, sdp.media.port, to_string(sdp.direction));
}

std::optional<Sdp> parse_sdp(std::string_view text) {
  return Reader().read(text);
}

MediaDirection answer_direction(MediaDirection offered) {
  switch (offered) {
    case MediaDirection::sendonly:
      return MediaDirection::recvonly;
    case MediaDirection::recvonly:
      return MediaDirection::sendonly;
    default:
      return offered;
  }
}

}  // namespace sipharness::sip
