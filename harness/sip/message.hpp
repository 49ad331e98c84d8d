#pragma once
// A SIP message as it really is: a view over bytes that somebody else owns. Reading never fails and
// never allocates; what is wrong is kept beside what could be read, with its place. Everyone who
// looks at SIP uses it: transactions, fake servers, the trace.
// @source RFC 3261 §7, §18.3, §25; RFC 4475 (torture)
//  1. `bytes` must outlive the view.
//  2. A view of a malformed message still gives every header that could be found.
//  3. At most max_headers are indexed; more is a problem of the message.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/sip/header_list.hpp"
#include "harness/sip/method.hpp"
#include "harness/sip/via.hpp"

namespace sipharness::sip {

/// What is wrong with a message, and at which byte of it.
struct Problem {
  std::uint32_t offset = 0;
  std::string_view what;  ///< a literal: "no CSeq header", "Content-Length exceeds the datagram"
};

class MessageView {
 public:
  static constexpr std::size_t max_headers = HeaderList::capacity;

  /// Reads a datagram, or one message cut out of a stream.
  static MessageView parse(std::string_view bytes);

  /// What is wrong nearest to the front, if anything. Of a usable message these are remarks.
  const std::optional<Problem>& problem() const { return problem_; }
  /// The start line parsed: it is SIP, well formed or not.
  bool is_sip() const { return status_ != 0 || !request_uri_.empty(); }
  /// Start line, top Via, Call-ID, CSeq, From and To could be read: transactions can work with it.
  bool is_usable() const;

  std::string_view bytes() const { return bytes_; }
  std::string_view body() const { return body_; }

  bool is_request() const { return status_ == 0; }
  bool is_response() const { return status_ != 0; }
  bool is_provisional() const { return status_ >= 100 && status_ < 200; }
  bool is_final() const { return status_ >= 200; }
  bool is_success() const { return status_ >= 200 && status_ < 300; }

  /// Of a request; for a response, the method of its CSeq.
  Method method() const { return method_; }
  std::string_view method_text() const { return method_text_; }
  std::string_view request_uri() const { return request_uri_; }
  int status() const { return status_; }
  std::string_view reason() const { return reason_; }

  std::span<const Header> headers() const { return headers_.all(); }
  /// The first header with this name; empty if there is none (has() tells the difference).
  std::string_view header(HeaderId id) const;
  bool has(HeaderId id) const { return headers_.first(id) != nullptr; }
  std::size_t count(HeaderId id) const;

  /// The topmost.
  const Via& via() const { return via_; }
  std::string_view call_id() const { return call_id_; }
  std::uint32_t cseq() const { return cseq_; }
  std::string_view from_tag() const { return from_tag_; }
  std::string_view to_tag() const { return to_tag_; }
  std::optional<std::uint32_t> content_length() const { return content_length_; }
  /// The Expires header, seconds; nothing if absent or unreadable.
  std::optional<std::uint32_t> expires() const { return expires_; }

 private:
  friend class MessageParser;

  std::string_view bytes_;
  std::string_view body_;
  std::string_view method_text_;
  std::string_view request_uri_;
  std::string_view reason_;
  std::string_view call_id_;
  std::string_view from_tag_;
  std::string_view to_tag_;
  Via via_;
  std::optional<Problem> problem_;
  std::optional<std::uint32_t> content_length_;
  std::optional<std::uint32_t> expires_;
  std::uint32_t cseq_ = 0;
  int status_ = 0;
  Method method_ = Method::unknown;
  std::uint8_t readable_ = 0;  ///< which of the headers is_usable() asks for were read
  HeaderList headers_;
};

/// Folded continuation lines joined by one blank (RFC 3261 §7.3.1).
std::string unfold(std::string_view value);

/// CRLF keep-alives, single or double, and an empty datagram (RFC 5626 §4.4.1, RFC 3261 §7.5).
bool is_keep_alive(std::string_view bytes);

}  // namespace sipharness::sip
