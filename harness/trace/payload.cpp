#include "harness/trace/payload.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace sipharness::trace {
namespace {

constexpr std::string_view sip_version = "SIP/2.0";

bool is_token_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

/// Two zero bits, the magic cookie at 4.
bool is_stun(std::string_view bytes) {
  return bytes.size() >= 20 && (static_cast<unsigned char>(bytes[0]) & 0xc0U) == 0 &&
         bytes.substr(4, 4) == "\x21\x12\xa4\x42";
}

std::string_view first_line(std::string_view bytes) {
  return bytes.substr(0, bytes.find('\n'));
}

/// Of what begins like SIP: whether a header line follows, and a Via not far behind it.
bool has_via(std::string_view message) {
  constexpr std::size_t most_searched = 2048;
  const std::string_view front = message.substr(0, most_searched);
  for (std::size_t line = front.find('\n'); line != std::string_view::npos;
       line = front.find('\n', line + 1)) {
    const std::string_view rest = front.substr(line + 1);
    const std::string_view name = rest.substr(0, rest.find_first_of(": \t\r\n"));
    if (name.empty()) return false;
    const bool is_via = (name.size() == 1 && (name[0] | 0x20) == 'v') ||
                        (name.size() == 3 && (name[0] | 0x20) == 'v' && (name[1] | 0x20) == 'i' &&
                         (name[2] | 0x20) == 'a');
    if (is_via) return true;
    if (rest.size() > name.size() && rest[name.size()] != ':' && rest[name.size()] != ' ' &&
        rest[name.size()] != '\t')
      return false;
  }
  return false;
}

}  // namespace

std::string_view from_start_line(std::string_view bytes) {
  if (begins_like_sip(bytes)) return bytes;
  for (std::size_t line = bytes.find('\n'); line != std::string_view::npos;
       line = bytes.find('\n', line + 1)) {
    const std::string_view rest = bytes.substr(line + 1);
    if (begins_like_sip(rest) && has_via(rest)) return rest;
  }
  return {};
}

bool begins_like_sip(std::string_view bytes) {
  if (bytes.starts_with(sip_version)) return true;
  std::size_t token = 0;
  while (token < bytes.size() && is_token_character(bytes[token])) ++token;
  if (token == 0 || token == bytes.size() || bytes[token] != ' ') return false;
  return first_line(bytes).find(sip_version, token) != std::string_view::npos;
}

bool may_become_start_line(std::string_view beginning) {
  constexpr std::size_t longest_waited_for = 2048;
  if (sip_version.starts_with(beginning)) return true;
  const auto is_no_text = [](char c) { return (c < ' ' && c != '\r') || c == '\x7f'; };
  const auto token = std::ranges::find_if_not(beginning, is_token_character);
  return beginning.size() <= longest_waited_for && token != beginning.begin() &&
         (token == beginning.end() || *token == ' ') && std::ranges::none_of(beginning, is_no_text);
}

bool is_keep_alive(std::string_view datagram) {
  constexpr std::size_t longest_word = 6;
  return datagram.size() <= longest_word || is_blank(datagram) || is_stun(datagram);
}

bool is_blank(std::string_view bytes) {
  constexpr std::string_view blanks("\0 \t\r\n", 5);
  return bytes.find_first_not_of(blanks) == std::string_view::npos;
}

bool is_tls_record(std::string_view bytes) {
  return bytes.size() >= 5 && bytes[0] >= 0x14 && bytes[0] <= 0x17 && bytes[1] == 3 &&
         bytes[2] >= 0 && bytes[2] <= 4;
}

bool is_tls_client_hello(std::string_view bytes) {
  return is_tls_record(bytes) && bytes.size() > 5 && bytes[0] == 0x16 && bytes[5] == 1;
}

bool is_http(std::string_view bytes) {
  return first_line(bytes).find("HTTP/1.") != std::string_view::npos;
}

bool asks_for_sip_websocket(std::string_view bytes) {
  if (!bytes.starts_with("GET ") || !is_http(bytes)) return false;
  std::string lower(bytes);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::size_t protocol = lower.find("\nsec-websocket-protocol:");
  return protocol != std::string::npos &&
         first_line(std::string_view(lower).substr(protocol + 1)).find("sip") !=
             std::string_view::npos;
}

std::string_view name_of_datagram(std::string_view payload) {
  constexpr std::size_t rtp_header = 12;
  if (is_stun(payload)) return "STUN";
  if (payload.size() >= 13 && payload[0] >= 0x14 && payload[0] <= 0x17 && payload[1] == '\xfe')
    return "DTLS";
  const bool is_rtp =
      payload.size() >= rtp_header && (static_cast<unsigned char>(payload[0]) & 0xc0U) == 0x80;
  return is_rtp ? "RTP" : "";
}

}  // namespace sipharness::trace
