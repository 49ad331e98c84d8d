#include "harness/sip/transport/stream_framer.hpp"

#include <algorithm>

#include "harness/sip/header_range.hpp"
#include "harness/sip/method.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view head_too_long = "a message head that is too long";

/// How much of it comes before a line that begins or ends as a start line does.
std::size_t before_start_line(std::string_view bytes) {
  constexpr std::string_view version = "SIP/2.0";
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    const std::string_view line = trim(bytes.substr(begin, end - begin));
    if (line.starts_with(version) || line.ends_with(version)) return begin;
    begin = end + 1;
  }
  return bytes.size();
}

/// Nothing where Content-Length is no number. Of a message that lacks it and has a Content-Type,
/// what is there of `rest`, up to the next message. Lines that continue another header are no
/// headers, whatever they look like.
std::optional<std::size_t> body_length(std::string_view head, std::string_view rest) {
  const std::size_t begin = std::min(head.find_first_not_of("\r\n"), head.size());
  bool has_type = false;
  for (const Header& header : HeaderRange(head.substr(end_of_line(head, begin).next))) {
    if (header.id == HeaderId::content_length) return parse_unsigned<std::uint32_t>(header.value);
    has_type = has_type || header.id == HeaderId::content_type;
  }
  return has_type ? before_start_line(rest) : 0;
}

}  // namespace

void StreamFramer::push(std::string_view bytes) {
  if (broken_) return;
  buffer_.erase(0, read_);
  dropped_ += read_;
  read_ = 0;
  buffer_.append(bytes);
}

std::optional<StreamPiece> StreamFramer::next() {
  if (broken_ || pending().empty()) return std::nullopt;
  if (const char first = pending().front(); first == '\r' || first == '\n') return keep_alive();

  if (awaited_ == 0) {
    const auto head = find_head_end();
    if (head.value_or(pending().size()) > max_message_) return break_off(head_too_long);
    if (!head) return std::nullopt;
    const auto body = body_length(pending().substr(0, *head), pending().substr(*head));
    if (!body) return break_off("Content-Length is not a number");
    if (*body > max_message_ || *head + *body > max_message_) return break_off(message_too_long);
    awaited_ = *head + *body;
  }
  if (pending().size() < awaited_) return std::nullopt;
  return take(StreamPiece::Kind::message, awaited_);
}

void StreamFramer::resume(std::size_t behind) {
  read_ += behind;
  searched_ = 0;
  awaited_ = 0;
  broken_ = false;
}

std::optional<StreamPiece> StreamFramer::keep_alive() {
  const auto end = std::min(pending().find_first_not_of("\r\n"), pending().size());
  if (end == 1 && pending() == "\r") return std::nullopt;
  return take(StreamPiece::Kind::keep_alive, end);
}

std::optional<StreamPiece> StreamFramer::take(StreamPiece::Kind kind, std::size_t length) {
  const StreamPiece piece{kind, pending().substr(0, length), pending_offset(), {}};
  read_ += length;
  searched_ = 0;
  awaited_ = 0;
  return piece;
}

StreamPiece StreamFramer::break_off(std::string_view problem) {
  broken_ = true;
  return {StreamPiece::Kind::broken, pending(), pending_offset(), problem};
}

std::optional<std::size_t> StreamFramer::find_head_end() {
  const auto found = pending().find(head_end, searched_);
  if (found != std::string_view::npos) {
    searched_ = found;
    return found + head_end.size();
  }
  // The end may be split over two pushes: look again from three bytes before what comes next.
  const std::size_t overlap = head_end.size() - 1;
  searched_ = pending().size() > overlap ? pending().size() - overlap : 0;
  return std::nullopt;
}

}  // namespace sipharness::sip
