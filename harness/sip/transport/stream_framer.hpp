#pragma once
// Cuts the bytes of a stream (TCP) into SIP messages by Content-Length. The transport uses it on
// live connections, the trace on reassembled ones. Contract:
//  1. push() bytes as they come, then call next() until it gives nothing.
//  2. A piece's bytes are valid until the next push(). However small the pushes are, a head is read
//     once.
//  3. CRLFs between messages are keep-alives, told as pieces of their own: as many as are there.
//  4. A message without Content-Length, which a stream forbids, is taken to have no body; one that
//     has a Content-Type, what came with it up to the next start line.
//  5. A message that would exceed max_message, or an unreadable Content-Length, breaks the stream:
//     one piece says so with its offset, and nothing can be framed after it, unless somebody knows
//     where the next message begins: resume().
// @source RFC 3261 §18.3, §7.5; RFC 5626 §3.5.1, §4.4.1

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sipharness::sip {

struct StreamPiece {
  enum class Kind : std::uint8_t { message, keep_alive, broken };
  Kind kind = Kind::message;
  std::string_view bytes;    ///< of `broken`: everything not framed so far
  std::uint64_t offset = 0;  ///< of the first of these bytes, counted from the stream's start
  std::string_view problem;  ///< of `broken`: a literal
};

class StreamFramer {
 public:
  /// policy: of the servers; no device sends more.
  static constexpr std::size_t default_max_message = std::size_t{64} * 1024;

  static constexpr std::string_view message_too_long = "a message that is too long";

  explicit StreamFramer(std::size_t max_message = default_max_message)
      : max_message_(max_message) {}

  void push(std::string_view bytes);
  std::optional<StreamPiece> next();

  bool is_broken() const { return broken_; }
  /// Goes on behind so many bytes of what is pending.
  void resume(std::size_t behind);
  /// What arrived and does not make a message yet: cut-off bytes, if the stream ends here.
  std::string_view pending() const { return std::string_view(buffer_).substr(read_); }
  std::uint64_t pending_offset() const { return dropped_ + read_; }

 private:
  std::optional<StreamPiece> keep_alive();
  std::optional<StreamPiece> take(StreamPiece::Kind kind, std::size_t length);
  StreamPiece break_off(std::string_view problem);
  std::optional<std::size_t> find_head_end();

  std::size_t max_message_;
  std::string buffer_;
  std::size_t read_ = 0;       ///< bytes of buffer_ already handed out
  std::size_t searched_ = 0;   ///< bytes after read_ known to hold no end of headers
  std::size_t awaited_ = 0;    ///< length of the message whose head is there; 0: it is not
  std::uint64_t dropped_ = 0;  ///< bytes of the stream before buffer_
  bool broken_ = false;
};

}  // namespace sipharness::sip
