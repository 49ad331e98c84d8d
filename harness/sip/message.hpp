#pragma once
// A SIP message as it really is: a view over bytes that somebody else owns. Reading never fails and
// never allocates; what is wrong is kept beside what could be read, with its place. Everyone who
// looks at SIP uses it: transactions, fake servers, the trace.
// @source RFC 3261 §7, §18.3, §25; RFC 4475 (torture)
//  1. `bytes` must outlive the view.
//  2. A view of a malformed message still gives every header that could be found.
//  3. A view is small and copied freely; it keeps positions, no table of headers.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/sip/header_range.hpp"
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
  MessageView() = default;
  /// Reads a datagram, or one message cut out of a stream.
  static MessageView parse(std::string_view bytes);
  /// The same, and looks into what can be read for what the grammar forbids: problem() tells of
  /// that too.
  static MessageView examine(std::string_view bytes);

  /// What is_sip() says of a view of these bytes; reads the start line alone.
  static bool is_sip(std::string_view bytes);

  /// What is wrong nearest to the front, if anything. Of a usable message these are remarks.
  std::optional<Problem> problem() const;
  /// The start line parsed: it is SIP, well formed or not.
  bool is_sip() const { return status_ != 0 || target_.size != 0; }
  /// Start line, top Via, Call-ID, CSeq, From and To could be read: transactions can work with it.
  bool is_usable() const;

  std::string_view bytes() const { return {bytes_, size_}; }
  std::string_view body() const { return text(body_); }

  bool is_request() const { return status_ == 0; }
  bool is_response() const { return status_ != 0; }
  bool is_provisional() const { return status_ >= 100 && status_ < 200; }
  bool is_final() const { return status_ >= 200; }
  bool is_success() const { return status_ >= 200 && status_ < 300; }

  /// Of a request; for a response, the method of its CSeq.
  Method method() const { return method_; }
  std::string_view method_text() const { return text(method_text_); }
  std::string_view request_uri() const { return is_request() ? text(target_) : std::string_view(); }
  int status() const { return status_; }
  std::string_view reason() const { return is_response() ? text(target_) : std::string_view(); }

  HeaderRange headers() const { return HeaderRange(text(head_)); }
  /// From the first with this name on; none if there is none.
  HeaderRange headers_from(HeaderId id) const;
  /// The first header with this name; empty if there is none (has() tells the difference).
  std::string_view header(HeaderId id) const;
  bool has(HeaderId id) const { return first_[static_cast<std::size_t>(id)] != 0; }
  std::size_t count(HeaderId id) const;
  /// It came through a proxy, or goes back through one: behind the top Via stands another that can
  /// be read.
  bool has_several_vias() const;

  /// The topmost, read anew at each call; branch() and sent_by() are at hand.
  Via via() const;
  std::string_view branch() const { return text(branch_); }
  std::string_view sent_by() const { return text(sent_by_); }
  std::string_view call_id() const { return text(call_id_); }
  std::uint32_t cseq() const { return cseq_; }
  std::string_view from_tag() const { return text(from_tag_); }
  std::string_view to_tag() const { return text(to_tag_); }
  std::optional<std::uint32_t> content_length() const;
  /// The Expires header, seconds; nothing if absent or unreadable.
  std::optional<std::uint32_t> expires() const;

 private:
  friend class MessageParser;

  /// A part of the message.
  struct Part {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };
  enum Readable : std::uint8_t;

  explicit MessageView(std::string_view bytes)
      : bytes_(bytes.data()), size_(static_cast<std::uint32_t>(bytes.size())) {}

  /// In first_, what stands too far back to be told by its offset.
  static constexpr std::uint16_t far_back = 0xffff;

  std::string_view text(Part part) const { return {bytes_ + part.offset, part.size}; }

  const char* bytes_ = nullptr;
  const char* problem_ = nullptr;  ///< a literal; null: none
  std::uint32_t size_ = 0;
  std::uint32_t problem_offset_ = 0;
  Part head_;  ///< the lines behind the start line, up to the empty one
  Part body_;
  Part method_text_;
  Part target_;  ///< Request-URI or reason phrase
  Part call_id_;
  Part from_tag_;
  Part to_tag_;
  Part branch_;
  Part sent_by_;
  std::uint32_t content_length_ = 0;
  std::uint32_t expires_ = 0;
  std::uint32_t cseq_ = 0;
  std::uint16_t status_ = 0;
  Method method_ = Method::unknown;
  std::uint8_t readable_ = 0;  ///< which headers could be read, and whether a second Via can
  /// Where the first header of each kind begins; 0: there is none.
  std::array<std::uint16_t, header_id_count> first_{};
};

/// Folded continuation lines joined by one blank (RFC 3261 §7.3.1).
std::string unfold(std::string_view value);

/// CRLF keep-alives, single or double, and an empty datagram (RFC 5626 §4.4.1, RFC 3261 §7.5).
bool is_keep_alive(std::string_view bytes);

}  // namespace sipharness::sip
