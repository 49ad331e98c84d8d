#pragma once
// A SIP message as it really is: a view over bytes that somebody else owns. Reading never fails and
// never allocates; what is wrong is kept beside what could be read, with its place. Everyone who
// looks at SIP uses it: transactions, fake servers, the trace.
// @source RFC 3261 §7, §18.3, §25; RFC 4475 (torture)
//  1. `bytes` must outlive the view.
//  2. A view of a malformed message still gives every header that could be found.
//  3. At most max_headers are indexed; more is a problem of the message.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/sip/method.hpp"

namespace sipharness::sip {

/// What is wrong with a message, and at which byte of it.
struct Problem {
  std::uint32_t offset = 0;
  std::string_view what;  ///< a literal: "no CSeq header", "Content-Length exceeds the datagram"
};

struct Header {
  HeaderId id = HeaderId::other;
  std::string_view name;   ///< as written
  std::string_view value;  ///< trimmed; may hold a folded line break (see unfold)
};

/// The topmost Via. @source RFC 3261 §20.42, RFC 3581 §3
struct Via {
  std::string_view transport;  ///< "UDP" as written
  std::string_view host;       ///< sent-by host, IPv6 without brackets
  std::uint16_t port = 0;      ///< 0 when absent
  std::string_view branch;
  std::string_view received;
  std::optional<std::uint16_t> rport;
  bool has_rport = false;    ///< with or without a value
  std::string_view sent_by;  ///< host:port as written
};

class MessageView {
 public:
  static constexpr std::size_t max_headers = 64;

  /// Reads a datagram, or one message cut out of a stream.
  static MessageView parse(std::string_view bytes);

  /// The first thing wrong, if any. A message with a readable start line, Via, Call-ID, CSeq, From
  /// and To has only remarks left to be wrong about.
  const std::optional<Problem>& problem() const { return problem_; }
  /// The start line parsed: it is SIP, well formed or not.
  bool is_sip() const { return status_ != 0 || !request_uri_.empty(); }

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

  std::span<const Header> headers() const { return {headers_.data(), header_count_}; }
  /// The first header with this name; empty if there is none (has() tells the difference).
  std::string_view header(HeaderId id) const;
  bool has(HeaderId id) const;
  std::size_t count(HeaderId id) const;

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
  std::uint8_t header_count_ = 0;
  std::array<Header, max_headers> headers_;
};

/// Folded continuation lines joined by one blank (RFC 3261 §7.3.1).
std::string unfold(std::string_view value);

/// CRLF keep-alives, single or double, and an empty datagram (RFC 5626 §4.4.1, RFC 3261 §7.5).
bool is_keep_alive(std::string_view bytes);

}  // namespace sipharness::sip
